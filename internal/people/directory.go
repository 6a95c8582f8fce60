package people

import (
	"cmp"
	"iter"
	"slices"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// Directory says who is who. Index.Decide makes it. Many goroutines may use it until the index is closed.
type Directory struct {
	index           *Index
	nodes           *nodes
	persons         []Person
	yielded         int // how many of the persons get an identify; they come first
	finals          finals
	who             []uint32 // by node: a Status, or the number of a person, which comes after all Statuses
	statusOfUnknown Status   // the status of IDs that are not known
	counts          Counts
	groups          *identity.Groups // for GroupOf; nil without Options.Trace
	sent            *sentTable

	merges    []Merge
	conflicts []EmailConflict // in order of the persons
	several   []SeveralLogins
	held      []HeldPerson // in order of their IDs
	live      liveList
	named     []NamedPerson
	largest   []LargestPerson

	leavesSent bool
}

// PropertyNames returns names of properties that people may have, at most a few thousand of them.
func (d *Directory) PropertyNames() []string { return d.index.keys.Names(fold.FirstKey) }

// Lookup returns the person of a distinct ID, or why the ID is not sent. The person is nil unless the status
// is Sent.
func (d *Directory) Lookup(distinctID []byte) (*Person, Status) {
	node, found := d.nodes.of(d.index.sum(distinctID))
	if !found {
		if posthog.IllegalID(distinctID) {
			return nil, Illegal
		}
		return nil, d.statusOfUnknown
	}
	who := d.who[node]
	if who < uint32(statuses) {
		return nil, Status(who)
	}
	return &d.persons[who-uint32(statuses)], Sent
}

// LeavesOutSent reports whether a person whom an earlier run has sent, and who is on a row, is not sent now.
func (d *Directory) LeavesOutSent() bool { return d.leavesSent }

// GetsIdentify reports whether a person is one of those whom People yields.
func (d *Directory) GetsIdentify(p *Person) bool { return p.Number < uint32(d.yielded) }

// Person returns the person with a number.
func (d *Directory) Person(number uint32) *Person { return &d.persons[number] }

// People yields those who get an identify, in the order of their first rows.
func (d *Directory) People() iter.Seq[*Person] {
	return func(yield func(*Person) bool) {
		for i := range d.yielded {
			if !yield(&d.persons[i]) {
				return
			}
		}
	}
}

// Count returns the totals. now is in unix seconds.
func (d *Directory) Count(now int64) Counts { return d.counts.at(now, d.People()) }

// Merges yields the profiles to merge, each once, in the order of the people they are merged into. With
// MergeNever there are none.
func (d *Directory) Merges() iter.Seq[Merge] { return slices.Values(d.merges) }

// MergeCount returns how many profiles Merges yields.
func (d *Directory) MergeCount() int { return len(d.merges) }

// MostHeld is how many people Directory.Held returns at most.
const MostHeld = 10_000

// Held returns the first MostHeld people who are held, in the order of their IDs.
func (d *Directory) Held() []HeldPerson { return d.held[:min(len(d.held), MostHeld)] }

// HeldCount returns how many people are held.
func (d *Directory) HeldCount() int { return len(d.held) }

// HeldPersonWith returns the person with a distinct ID if that person is held, else false. It needs
// Options.Trace.
func (d *Directory) HeldPersonWith(distinctID []byte) (HeldPerson, bool) {
	group, known := d.GroupOf(distinctID)
	for _, h := range d.held {
		if other, ok := d.GroupOf([]byte(h.ID)); known && ok && other == group {
			return h, true
		}
	}
	return HeldPerson{}, false
}

// Group stands for the IDs that are one person, whether they are sent or not.
type Group uint32

// GroupOf returns the group of a distinct ID; false if nothing ties the ID to a person. It needs
// Options.Trace.
func (d *Directory) GroupOf(distinctID []byte) (Group, bool) {
	node, found := d.nodes.of(d.index.sum(distinctID))
	if !found {
		return 0, false
	}
	return Group(d.groups.Find(node)), true
}

// SeveralLogins returns the people who have several logins with different emails, the worst first and at most
// a thousand, and the number of all such people.
func (d *Directory) SeveralLogins() (worst []SeveralLogins, all int) {
	return d.several[:min(len(d.several), mostSeveral)], len(d.several)
}

// Largest returns the people who are sent with the most distinct IDs, the largest first. It needs Options.Largest.
func (d *Directory) Largest() []LargestPerson { return d.largest }

// Live returns the IDs of the first MostLive profiles that PostHog's live destination has made, and the
// number of all such profiles. The events of that destination have no IDs, so Customer.io cannot recognize
// one that is sent again.
func (d *Directory) Live() (ids []string, count int) { return d.live.ids, d.live.count }

// NamedByEmail returns the people whose final email Choice.NamesEmail names, whether they are sent or not, in
// the order of their first rows.
func (d *Directory) NamedByEmail() []NamedPerson { return d.named }

// SomeKey reports whether is returns true for the key of any property that was kept. If there are too many
// keys to remember it returns true.
func (d *Directory) SomeKey(is func(key string) bool) bool {
	return d.index.keys.HasKept(otherKeys, is)
}

// each yields the person's properties, without an email that is somebody else's.
func (d *Directory) each(p *Person, r *spool.Reader) iter.Seq[fold.Property] {
	return func(yield func(fold.Property) bool) {
		for b := d.finals.at(p.attributes, r); len(b) > 0; {
			var one fold.Property
			one, b = fold.ReadProperty(b)
			if one.Removed() || one.Code == emailKey && p.withoutEmail {
				continue
			}
			if !yield(one) {
				return
			}
		}
	}
}

// AppendAttributes appends the person's final attributes as a JSON object, `{}` if there are none. The keys
// are sorted, and the values are as they were written in the export.
func (d *Directory) AppendAttributes(dst []byte, p *Person) []byte {
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	dst = append(dst, '{')
	for one := range d.each(p, r) {
		dst = rawjson.AppendString(dst, d.finals.name(&one))
		dst = append(append(append(dst, ':'), one.Value...), ',')
	}
	if last := len(dst) - 1; dst[last] == ',' {
		dst = dst[:last]
	}
	return append(dst, '}')
}

// AppendRemoved appends a JSON object in which each property is null that the person had before and has no
// more, `{}` if there are none. Only people of whom an earlier run has sent a profile may have such
// properties.
func (d *Directory) AppendRemoved(dst []byte, p *Person) []byte {
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	dst = append(dst, '{')
	for b := d.finals.at(p.attributes, r); len(b) > 0; {
		var one fold.Property
		if one, b = fold.ReadProperty(b); one.Removed() {
			dst = append(rawjson.AppendString(dst, d.finals.name(&one)), ":null,"...)
		}
	}
	if last := len(dst) - 1; dst[last] == ',' {
		dst = dst[:last]
	}
	return append(dst, '}')
}

// Attributes yields what AppendAttributes appends: each attribute with its plain key and its value in JSON.
// Both are valid until the next one is yielded.
func (d *Directory) Attributes(p *Person) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		r := readers.Get().(*spool.Reader)
		defer readers.Put(r)
		for one := range d.each(p, r) {
			if !yield(d.finals.name(&one), one.Value) {
				return
			}
		}
	}
}

// EmailConflicts yields those who get an identify without their email, in the order of People.
func (d *Directory) EmailConflicts() iter.Seq[EmailConflict] {
	return func(yield func(EmailConflict) bool) {
		for _, c := range d.conflicts {
			if !d.GetsIdentify(c.Person) || !yield(c) {
				return
			}
		}
	}
}

// LostEmail returns the email that a person goes without, and an ID of the person who has it; false if the
// person goes without none.
func (d *Directory) LostEmail(p *Person) (email, holder string, lost bool) {
	i, lost := slices.BinarySearchFunc(d.conflicts, p.Number, func(c EmailConflict, number uint32) int {
		return cmp.Compare(c.Person.Number, number)
	})
	if !lost {
		return "", "", false
	}
	if email = d.conflicts[i].emailID; email == "" {
		r := readers.Get().(*spool.Reader)
		defer readers.Put(r)
		email, _ = d.finals.identifiers(p.attributes, r)
	}
	return email, d.conflicts[i].Holder, true
}

// SumOf returns a hash of a distinct ID that is the same in all runs with one Options.Seed.
func (x *Index) SumOf(distinctID []byte) (b [sumSize]byte) {
	x.sum(distinctID).append(b[:0])
	return b
}

// SumOf is Index.SumOf.
func (d *Directory) SumOf(distinctID []byte) [sumSize]byte { return d.index.SumOf(distinctID) }

// PersonBySum returns the person who has the ID with a SumOf; nil if nobody who is sent has it.
func (d *Directory) PersonBySum(of [sumSize]byte) *Person {
	node, found := d.nodes.of(readSum(of[:]))
	if !found || d.who[node] < uint32(statuses) {
		return nil
	}
	return &d.persons[d.who[node]-uint32(statuses)]
}

// HeldBySum reports whether the person is held who has the ID with a SumOf.
func (d *Directory) HeldBySum(of [sumSize]byte) bool {
	node, found := d.nodes.of(readSum(of[:]))
	return found && d.who[node] == uint32(TwoProfiles)
}

// SentBefore returns the state in which an earlier run has sent the person, and the unix seconds of the
// newest data in that, 0 if it has no time. before is false if no run has. The person's By and Value are
// those of the earlier run.
func (d *Directory) SentBefore(p *Person) (state [16]byte, updated int64, before bool) {
	if p.sent == 0 {
		return state, 0, false
	}
	one := &d.sent.all[p.sent-1]
	return one.state, one.updated, true
}

// RemovedBefore returns SentPerson.Removed of the person, empty if no earlier run has sent them.
func (d *Directory) RemovedBefore(p *Person) string {
	if p.sent == 0 || d.sent.all[p.sent-1].removed == nil {
		return ""
	}
	return *d.sent.all[p.sent-1].removed
}

// ForLater yields what Index.Remember kept, and which IDs became one person, for Index.Restore of a later
// run. An error is the last thing yielded.
func (d *Directory) ForLater() iter.Seq2[[]byte, error] {
	return d.index.later.all()
}

// ReplacesEarlier reports whether ForLater yields all that earlier runs have remembered too, so that their
// entries are not needed any more.
func (d *Directory) ReplacesEarlier() bool { return d.index.later.whole }
