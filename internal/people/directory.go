package people

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// Directory tells who is who. Index.Decide makes one. Its methods may be called from many goroutines, until
// its index is closed.
type Directory struct {
	index           *Index
	nodes           *nodes
	persons         []Person
	yielded         int // how many of the persons get an identify; they come first
	finals          finals
	who             []uint32 // by node: a Status, or the number of a person behind those
	statusOfUnknown Status   // of those that are not known
	counts          Counts
	groups          *identity.Groups // for GroupOf
	sent            *sentTable

	merges    []Merge
	conflicts []EmailConflict // in order of the persons
	several   []SeveralLogins
	held      []HeldPerson // in order of their IDs
	live      liveList
	named     []NamedPerson

	leavesSent bool
}

// Lookup tells who a distinct ID is. The person is nil unless the status is Sent. An ID that nothing ties to
// a person is Illegal if it is that, else as Choice.Who leaves it.
func (s *Directory) Lookup(distinctID []byte) (*Person, Status) {
	node, found := s.nodes.of(s.index.sum(distinctID))
	if !found {
		if posthog.IllegalID(distinctID) {
			return nil, Illegal
		}
		return nil, s.statusOfUnknown
	}
	who := s.who[node]
	if who < uint32(statuses) {
		return nil, Status(who)
	}
	return &s.persons[who-uint32(statuses)], Sent
}

// LeavesOutSent reports whether somebody whom an earlier run has sent, and who is on a row, is not sent now.
func (s *Directory) LeavesOutSent() bool { return s.leavesSent }

// GetsIdentify reports whether a person is one of those that People yields.
func (s *Directory) GetsIdentify(p *Person) bool { return p.Number < uint32(s.yielded) }

// Person returns a person by number: one of People, or of those who are sent without an identify.
func (s *Directory) Person(number uint32) *Person { return &s.persons[number] }

// People yields those who get an identify, in order of their first row.
func (s *Directory) People() iter.Seq[*Person] {
	return func(yield func(*Person) bool) {
		for i := range s.yielded {
			if !yield(&s.persons[i]) {
				return
			}
		}
	}
}

// Count returns the totals; now is unix seconds.
func (s *Directory) Count(now int64) Counts {
	const fresh = 72 * 60 * 60
	c := s.counts
	c.ByChoice = maps.Clone(c.ByChoice)
	for p := range s.People() {
		if p.Updated != 0 && p.Updated < now-fresh {
			c.Stale++
		}
	}
	return c
}

// Merges yields the profiles to merge, each once, in order of the people they are merged into. Empty with
// MergeNever.
func (s *Directory) Merges() iter.Seq[Merge] { return slices.Values(s.merges) }

// MergeCount is how many there are.
func (s *Directory) MergeCount() int { return len(s.merges) }

// MostHeld is how many people Directory.Held names.
const MostHeld = 10_000

// Held are the first MostHeld of those who are held, in the order of their IDs.
func (s *Directory) Held() []HeldPerson { return s.held[:min(len(s.held), MostHeld)] }

// HeldCount is how many there are.
func (s *Directory) HeldCount() int { return len(s.held) }

// HeldPersonWith returns what is held of a person, by one of their IDs; false for somebody who is not. It needs
// Options.Trace.
func (s *Directory) HeldPersonWith(distinctID []byte) (HeldPerson, bool) {
	group, known := s.GroupOf(distinctID)
	for _, h := range s.held {
		if other, ok := s.GroupOf([]byte(h.ID)); known && ok && other == group {
			return h, true
		}
	}
	return HeldPerson{}, false
}

// Group names the IDs that are one person, whether they are sent or not.
type Group uint32

// GroupOf returns the group of a distinct ID; false when nothing ties the ID to a person. It needs
// Options.Trace.
func (s *Directory) GroupOf(distinctID []byte) (Group, bool) {
	node, found := s.nodes.of(s.index.sum(distinctID))
	if !found {
		return 0, false
	}
	return Group(s.groups.Find(node)), true
}

// SeveralLogins returns the people under whom several logins with different emails are one, the worst first, and how
// many there are; of a thousand and more only the worst thousand.
func (s *Directory) SeveralLogins() (worst []SeveralLogins, all int) {
	return s.several[:min(len(s.several), mostSeveral)], len(s.several)
}

// Live are the IDs of the first MostLive profiles that PostHog's live destination has made, and how many
// there are. The events of such a destination have no IDs, so that Customer.io cannot know one of them again.
func (s *Directory) Live() (ids []string, count int) { return s.live.ids, s.live.count }

// NamedByEmail are the people whose final email Choice.NamesEmail names, sent or not, in order of their first
// rows.
func (s *Directory) NamedByEmail() []NamedPerson { return s.named }

// SomeKey reports whether some property that was kept has a key for which is is true. Of so many keys that
// they are not all known it assumes so.
func (s *Directory) SomeKey(is func(key string) bool) bool {
	return s.index.keys.HasKept(otherKeys, is)
}

// each yields the person's properties, without an email that is somebody else's.
func (s *Directory) each(p *Person, r *spool.Reader) iter.Seq[fold.Property] {
	return func(yield func(fold.Property) bool) {
		for b := s.finals.at(p.attributes, r); len(b) > 0; {
			var one fold.Property
			one, b = fold.ReadProperty(b)
			if one.Code == emailKey && p.withoutEmail {
				continue
			}
			if !yield(one) {
				return
			}
		}
	}
}

// AppendAttributes appends the person's final attributes as a JSON object, `{}` when there are none. Its keys
// are sorted; its values stand as they stood in the export.
func (s *Directory) AppendAttributes(dst []byte, p *Person) []byte {
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	dst = append(dst, '{')
	for one := range s.each(p, r) {
		dst = rawjson.AppendString(dst, s.finals.name(&one))
		dst = append(append(append(dst, ':'), one.Value...), ',')
	}
	if last := len(dst) - 1; dst[last] == ',' {
		dst = dst[:last]
	}
	return append(dst, '}')
}

// Attributes yields what AppendAttributes appends, each with its plain key and its value in JSON, which are
// borrowed until the next.
func (s *Directory) Attributes(p *Person) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		r := readers.Get().(*spool.Reader)
		defer readers.Put(r)
		for one := range s.each(p, r) {
			if !yield(s.finals.name(&one), one.Value) {
				return
			}
		}
	}
}

// EmailConflicts yields those who get an identify without their email, in the order of People.
func (s *Directory) EmailConflicts() iter.Seq[EmailConflict] {
	return func(yield func(EmailConflict) bool) {
		for _, c := range s.conflicts {
			if !s.GetsIdentify(c.Person) || !yield(c) {
				return
			}
		}
	}
}

// LostEmail returns the email that a person goes without, and an ID of the one who has it; false for a person
// who keeps theirs.
func (s *Directory) LostEmail(p *Person) (email, holder string, lost bool) {
	i, lost := slices.BinarySearchFunc(s.conflicts, p.Number, func(c EmailConflict, number uint32) int {
		return cmp.Compare(c.Person.Number, number)
	})
	if !lost {
		return "", "", false
	}
	if email = s.conflicts[i].emailID; email == "" {
		r := readers.Get().(*spool.Reader)
		defer readers.Put(r)
		email, _ = s.finals.identifiers(p.attributes, r)
	}
	return email, s.conflicts[i].Holder, true
}

// SumOf is what stands for a distinct ID in all runs with one Options.Seed.
func (x *Index) SumOf(distinctID []byte) (b [sumSize]byte) {
	x.sum(distinctID).append(b[:0])
	return b
}

// SumOf is Index.SumOf.
func (s *Directory) SumOf(distinctID []byte) [sumSize]byte { return s.index.SumOf(distinctID) }

// PersonBySum returns the person who has the ID that SumOf gave this; nil when nobody who is sent does.
func (s *Directory) PersonBySum(of [sumSize]byte) *Person {
	node, found := s.nodes.of(readSum(of[:]))
	if !found || s.who[node] < uint32(statuses) {
		return nil
	}
	return &s.persons[s.who[node]-uint32(statuses)]
}

// HeldBySum reports whether the person is held who has the ID that SumOf gave this.
func (s *Directory) HeldBySum(of [sumSize]byte) bool {
	node, found := s.nodes.of(readSum(of[:]))
	return found && s.who[node] == uint32(TwoProfiles)
}

// SentBefore reports whether an earlier run has sent the person, and returns the state in which it did, and
// the time of the newest data in that, in unix seconds, 0 when there is none. By and Value are then those of
// that time.
func (s *Directory) SentBefore(p *Person) (state [16]byte, updated int64, before bool) {
	if p.sent == 0 {
		return state, 0, false
	}
	one := &s.sent.all[p.sent-1]
	return one.state, one.updated, true
}

// ForLater yields what Index.Remember kept, and which IDs became one person, for Index.Restore of a later
// run. An error is the last thing yielded. It is there until the index is closed.
func (s *Directory) ForLater() iter.Seq2[[]byte, error] {
	return s.index.later.all()
}
