package transfer

import (
	"iter"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

// MadeProfile is a profile that a run has made or changed, or would in a preview.
type MadeProfile struct {
	Profile
	Did        ProfileChange
	Into       Profile  // of MergedAway: the profile that stays
	DistinctID string   // the kept one; empty if it is not known
	Email      string   // that was sent; empty for none
	Attributes []string // the names of those that were sent
}

// ProfileChange is what a run has done to a profile.
type ProfileChange string

// What a run may have done.
const (
	ProfileCreated    ProfileChange = "created"            // Customer.io did not have it
	ProfileUpdated    ProfileChange = "updated"            // it had it
	CreatedOrUpdated  ProfileChange = "created_or_updated" // nothing is known of what it had
	ProfileMergedInto ProfileChange = "merged_into"        // another profile was merged into it, and nothing else was done to it
	ProfileMergedAway ProfileChange = "merged_away"        // it was merged into another profile
)

// changeOf returns what an identify of a person does.
func (f *FirstPass) changeOf(p *people.Person) ProfileChange {
	switch {
	case p.Known():
		return ProfileUpdated
	case f.rules.Index.Existing != nil:
		return ProfileCreated
	}
	return CreatedOrUpdated
}

// madeProfiles counts the profiles that the run has made or changed.
func (r *run) madeProfiles(unchanged int64) MadeProfiles {
	all := MadeProfiles{Unchanged: unchanged, Merged: r.made.merged.Count()}
	for number := range r.made.identified.All() {
		switch r.first.changeOf(r.first.People.Person(uint32(number))) {
		case ProfileCreated:
			all.New++
		case ProfileUpdated:
			all.Updated++
		default:
			all.Unknown++
		}
	}
	return all
}

// listProfiles yields the profiles that the run has made or changed: those that were identified, in the order of
// people, then those that take part in merges. It takes memory for one at a time, and for each merge.
func (r *run) listProfiles() iter.Seq[MadeProfile] {
	return func(yield func(MadeProfile) bool) {
		mapper := r.first.NewMapper()
		var text []byte
		for number := range r.made.identified.All() {
			person := r.first.People.Person(uint32(number))
			one := MadeProfile{Profile: Profile{person.By.String(), person.Value}, Did: r.first.changeOf(person), DistinctID: person.DistinctID}
			sent := person
			if !r.made.late.Has(number) {
				sent = beforeMerge(person)
			}
			var o mapping.Outcome
			if text, o = mapper.Person(text[:0], sent); o.Bucket == mapping.Send {
				one.Profile, one.Email, one.Attributes = namedBy(o.Who), o.Email, attributeNames(text)
			}
			if !yield(one) {
				return
			}
		}
		r.listMerged(yield)
	}
}

// listMerged yields the profiles that were merged into others, and those of the others that were not identified.
func (r *run) listMerged(yield func(MadeProfile) bool) {
	listed := map[customerio.Identifier]bool{}
	for m := range (&mergesPhase{run: r}).mergings() {
		if !r.made.merged.Has(m.number) {
			continue
		}
		into := namedBy(m.outcome.Who)
		if !yield(MadeProfile{Profile: namedBy(m.profile), Did: ProfileMergedAway, Into: into}) {
			return
		}
		identified := m.person != nil && r.made.identified.Has(uint64(m.person.Number))
		if identified || listed[m.outcome.Who] {
			continue
		}
		listed[m.outcome.Who] = true
		if !yield(MadeProfile{Profile: into, Did: ProfileMergedInto, DistinctID: m.into}) {
			return
		}
	}
}

// attributeNames returns the names of the attributes in an identify.
func attributeNames(identify []byte) (names []string) {
	members := rawjson.Walk(identify)
	for key, value, ok := members.Next(); ok; key, value, ok = members.Next() {
		if string(key) != `"attributes"` {
			continue
		}
		attributes := rawjson.Walk(value)
		for key, _, ok := attributes.Next(); ok; key, _, ok = attributes.Next() {
			name, _ := rawjson.AppendUnescaped(nil, key[1:len(key)-1])
			names = append(names, string(name))
		}
	}
	return names
}
