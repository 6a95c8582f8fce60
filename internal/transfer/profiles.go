package transfer

import (
	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// MergePair is a profile that is merged into another one.
type MergePair struct {
	Profile Profile `json:"profile"`
	Into    Profile `json:"into"`
}

// Profile names a profile of Customer.io.
type Profile struct {
	By    string `json:"by"` // id, email or cio_id
	Value string `json:"value"`
}

// MostPairs is how many merges a summary lists.
const MostPairs = 10_000

// TwoProfiles are people who have several identified profiles in Customer.io. They are held, because no flag
// says to merge the profiles.
type TwoProfiles struct {
	Count  int          `json:"count"`
	People []HeldPerson `json:"people"` // the first 10,000
}

// HeldCount returns how many people are held.
func (s *Summary) HeldCount() int {
	if s.TwoProfiles == nil {
		return 0
	}
	return s.TwoProfiles.Count
}

// HeldPerson is somebody who is held for that reason.
type HeldPerson struct {
	ID       string        `json:"id"` // one of theirs
	Profiles []HeldProfile `json:"profiles"`
}

// HeldProfile is a profile of somebody who is held.
type HeldProfile struct {
	Profile
	Email string `json:"email,omitempty"`
	Sent  bool   `json:"sent_by_us"` // by an earlier run; else --existing has it
}

// LiveProfiles are profiles in the file of --existing that have the ID of a visitor of this export: PostHog's
// live destination has made them.
type LiveProfiles struct {
	Count int      `json:"count"`
	IDs   []string `json:"ids"` // the first 10,000
}

// TwoProfiles returns the people who are held, nil for nobody.
func (f *FirstPass) TwoProfiles() *TwoProfiles {
	if f.People.HeldCount() == 0 {
		return nil
	}
	all := &TwoProfiles{Count: f.People.HeldCount()}
	for _, h := range f.People.Held() {
		all.People = append(all.People, heldPerson(&h))
	}
	return all
}

// HeldAs returns the person with a distinct ID if that person is held, else nil.
func (f *FirstPass) HeldAs(id []byte) *HeldPerson {
	held, is := f.People.HeldPersonWith(id)
	if !is {
		return nil
	}
	one := heldPerson(&held)
	return &one
}

func heldPerson(h *people.HeldPerson) HeldPerson {
	one := HeldPerson{ID: h.ID}
	for _, p := range h.Profiles {
		one.Profiles = append(one.Profiles, HeldProfile{Profile{p.By.String(), p.Value}, p.Email, p.Sent})
	}
	return one
}

// LiveProfiles returns the profiles that a live destination has made, nil for none.
func (f *FirstPass) LiveProfiles() *LiveProfiles {
	ids, count := f.People.Live()
	if count == 0 {
		return nil
	}
	return &LiveProfiles{count, ids}
}

// MergePairs returns the merges that the first pass has found, at most so many.
func (f *FirstPass) MergePairs(most int) (pairs []MergePair) {
	mapper := f.rules.Mapping.NewMapper(f.People)
	for link := range f.People.Merges() {
		if len(pairs) == most {
			break
		}
		if _, o := mapper.Merge(nil, link); o.Bucket == mapping.Send {
			pairs = append(pairs, pairOf(o.Who, mapping.Secondary(link)))
		}
	}
	return pairs
}

// MergesInto returns the merges into the profile of a person; none if the person is nil.
func (f *FirstPass) MergesInto(mapper *mapping.Mapper, p *people.Person) (pairs []MergePair) {
	for link := range f.People.Merges() {
		if link.Person != p {
			continue
		}
		if _, o := mapper.Merge(nil, link); o.Bucket == mapping.Send {
			pairs = append(pairs, pairOf(o.Who, mapping.Secondary(link)))
		}
	}
	return pairs
}

func pairOf(into, profile customerio.Identifier) MergePair {
	return MergePair{Profile: namedBy(profile), Into: namedBy(into)}
}

func namedBy(who customerio.Identifier) Profile {
	who = who.ToValidUTF8()
	return Profile{By: string(who.Key), Value: who.Value}
}
