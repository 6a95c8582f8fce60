package people

import (
	"iter"
	"ph2cio/internal/fold"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// status is what becomes of a candidate with these traits.
func (s *settler) status(t traits) Status {
	if barred := s.choice.barred(t); barred != Sent {
		return barred
	}
	if t&isSent != 0 {
		return Sent
	}
	if !s.choice.Who.takes(t) {
		return s.choice.Who.leaves()
	}
	if _, ok := s.choice.by(t); ok {
		return Sent
	}
	if s.choice.only() == ByEmail && t&lostEmail != 0 {
		return LostEmail
	}
	return NoIdentifier
}

// choose makes persons of the candidates that are sent: first those that get an identify.
func (s *settler) choose() error {
	var r spool.Reader
	many := 0
	for i := range s.candidates {
		traits := s.candidates[i].traits
		if s.status(traits) == Sent {
			many++
		} else if traits&isSent != 0 {
			s.settled.leavesSent = true
		}
	}
	s.settled.persons, s.holders = make([]Person, 0, many), map[uint32]string{}
	for _, gets := range []bool{true, false} {
		for i := range s.candidates {
			if err := s.stopped(i); err != nil {
				return err
			}
			c := &s.candidates[i]
			if s.status(c.traits) != Sent || s.choice.profile(s.choice.Who, c.traits) != gets {
				continue
			}
			s.makePerson(uint32(i), gets, &r)
		}
		if gets {
			s.settled.yielded = len(s.settled.persons)
		}
	}
	s.nameHolders()
	return nil
}

func (s *settler) makePerson(number uint32, gets bool, r *spool.Reader) {
	c := &s.candidates[number]
	p := Person{
		Number: uint32(len(s.settled.persons)), DistinctID: s.names.text(c.name),
		Events: c.traits&groupEvents != 0 || c.events > 0, withoutEmail: c.traits&lostEmail != 0, rank: c.rank,
	}
	p.By, _ = s.choice.by(c.traits)
	p.Value = p.DistinctID
	if c.updated != noTime {
		p.Updated = posthog.Time{Micros: c.updated}.Seconds()
	}
	if s.uuids != nil && s.uuids[number] != (rawjson.UUID{}) {
		p.UUID = &s.uuids[number]
	}
	if c.traits&hasFinal != 0 {
		p.attributes = s.parts.Final(number, c.place)
	}
	s.take(&p, s.resolved[number])
	if !s.nameSent(&p) && !p.known {
		s.identify(&p, number, r)
	}
	s.events += c.events
	if gets {
		c.traits |= getsProfile
		if p.withoutEmail {
			s.conflicts++
		}
	}
	c.person = p.Number
	c.sent = true
	s.settled.persons = append(s.settled.persons, p)
}

// take gives a person what was resolved of their profiles, nil for nothing.
func (s *settler) take(p *Person, r *resolved) {
	if r == nil {
		return
	}
	p.known, p.late = r.known, r.late && r.holder == ""
	if r.value != "" {
		p.By, p.Value = r.by, r.value
	}
	if r.holder == "" || p.withoutEmail {
		return
	}
	p.withoutEmail = true
	s.holders[p.Number] = r.holder
	if p.By == ByEmail && !r.known && s.choice.only() != ByEmail {
		p.By, p.Value = ByID, p.DistinctID
	}
}

// identify finds the value that a person is identified by whose profile is not there yet.
func (s *settler) identify(p *Person, number uint32, r *spool.Reader) {
	c := &s.candidates[number]
	if p.By == ByID {
		return
	}
	email, cioID := s.settled.identifiers(p, r)
	if c.traits&emailIsID != 0 {
		email = string(s.emailOfID(number))
	}
	switch p.By {
	case ByEmail:
		p.Value = email
	case ByCioID:
		p.Value = cioID
	}
	if s.x.gone(p.By, p.Value) && s.choice.only() == ByID { // it is another profile's name by now
		p.By, p.Value = ByID, p.DistinctID
	}
}

// finish says for each ID who it is, and lets go of all that is not needed any more.
func (s *settler) finish() {
	s.settled.counts = s.counts()
	s.settled.first, s.settled.leaves = s.first, s.choice.Who.leaves()
	s.settled.fused = s.fusion.people(s)
	s.names, s.seen = textPages{}, nil
	for node, member := range s.members {
		s.members[node] = s.verdict(member)
	}
	s.settled.who = s.members
	for i := range s.x.shards {
		sh := &s.x.shards[i]
		sh.ids.facts, sh.states, sh.room, sh.sample = nil, fold.Store{}, nil, sample{}
		sh.texts.Drop()
		sh.gone.Drop()
	}
}

// verdict is what has become of a member: a Status, or a person behind all of those.
func (s *settler) verdict(member uint32) uint32 {
	if member < uint32(statuses) {
		return member
	}
	c := &s.candidates[member-uint32(statuses)]
	if c.sent {
		return c.person + uint32(statuses)
	}
	return uint32(s.status(c.traits))
}

// Settled is the answer to who is who, fixed. Its methods may be called from many goroutines, until its index is closed.
type Settled struct {
	index   *Index
	persons []Person
	parts   *fold.Parts // of attributes
	yielded int         // how many of the persons get an identify; they come first
	first   firstNodes
	who     []uint32 // by node: a Status, or the number of a person behind those
	links   []Link
	leaves  Status // of those that are not known
	counts  Counts
	groups  *identity.Groups // kept for GroupOf
	sent    []sent           // people whom earlier runs have sent, by node

	conflicts []EmailConflict // in order of the persons
	fused     []FusedPerson
	held      []Held   // in order of their IDs
	live      []string // see Live
	liveCount int
	asked     []AskedPerson

	leavesSent bool
}

// Lookup tells who a distinct ID is. The person is nil unless the status is Sent. An ID that nothing ties to a person is
// Illegal if it is that, else as Choice.Who leaves it.
func (s *Settled) Lookup(distinctID []byte) (*Person, Status) {
	node, found := s.first.node(s.index, s.index.sum(distinctID))
	if !found {
		if posthog.IllegalID(distinctID) {
			return nil, Illegal
		}
		return nil, s.leaves
	}
	who := s.who[node]
	if who < uint32(statuses) {
		return nil, Status(who)
	}
	return &s.persons[who-uint32(statuses)], Sent
}

// LeavesOutSent reports whether somebody whom an earlier run has sent, and who is on a row, is not sent now.
func (s *Settled) LeavesOutSent() bool { return s.leavesSent }

// GetsIdentify reports whether a person is one of those that People yields.
func (s *Settled) GetsIdentify(p *Person) bool { return p.Number < uint32(s.yielded) }

// Person returns a person by number: one of People, or of those who are sent without an identify.
func (s *Settled) Person(number uint32) *Person { return &s.persons[number] }

// People yields those who get an identify, in order of their first row.
func (s *Settled) People() iter.Seq[*Person] {
	return func(yield func(*Person) bool) {
		for i := range s.yielded {
			if !yield(&s.persons[i]) {
				return
			}
		}
	}
}
