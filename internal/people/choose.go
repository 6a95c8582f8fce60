package people

import (
	"cmp"
	"context"
	"slices"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// chosen are the people who are sent.
type chosen struct {
	persons    []Person // first those who get an identify
	yielded    int      // how many do
	events     int64    // rows that are sent as an event
	conflicts  int      // how many people get an identify without their email
	leavesSent bool     // a person whom an earlier run has sent is not sent now

	lostEmails []EmailConflict // in order of the persons
}

// chooser makes persons of the candidates that are sent.
type chooser struct {
	chosen
	options     *Options
	choice      *Choice
	people      *candidates
	nodes       *nodes
	sent        *sentTable
	identifiers *identifiers
	resolved    map[uint32]*resolved // by candidate
	uuids       []rawjson.UUID       // by candidate; nil without Options.PersonIDs
	losers      []loser              // the candidates who go without their emails
	holders     map[uint32]string    // by person: a profile that has their email
	handovers   *handovers
}

// choose makes the persons: first those who get an identify, then the others.
func (s *chooser) choose(ctx context.Context) (*chosen, error) {
	r := new(spool.Reader)
	many := 0
	for i := range s.people.all {
		flags := s.people.all[i].flags
		if s.choice.status(flags) == Sent {
			many++
		} else if flags&isSent != 0 {
			s.leavesSent = true
		}
	}
	s.persons, s.holders = make([]Person, 0, many), map[uint32]string{}
	for _, gets := range []bool{true, false} {
		for i := range s.people.all {
			if err := stopped(ctx, i); err != nil {
				return nil, err
			}
			c := &s.people.all[i]
			if s.choice.status(c.flags) != Sent || s.choice.getsIdentify(s.choice.Who, c.flags) != gets {
				continue
			}
			s.makePerson(uint32(i), gets, r)
		}
		if gets {
			s.yielded = len(s.persons)
		}
	}
	s.lostEmails = s.conflictsOf(s.losers)
	s.setGivers()
	return &s.chosen, nil
}

// setGivers tells the persons whose email another one gives up who that is.
func (s *chooser) setGivers() {
	for number, r := range s.resolved {
		if c := &s.people.all[number]; r.givenUp && c.sent && s.people.all[r.giver].sent {
			s.persons[c.person].setGiver(s.people.all[r.giver].person)
		}
	}
}

// makePerson makes the person of a candidate. gets says whether they get an identify.
func (s *chooser) makePerson(number uint32, gets bool, r *spool.Reader) {
	c := &s.people.all[number]
	by, _ := s.choice.identifierKind(c.flags)
	updated, uuid := int64(0), (*rawjson.UUID)(nil)
	if c.updated != noTime {
		updated = posthog.Time{Micros: c.updated}.Seconds()
	}
	if s.uuids != nil && s.uuids[number] != (rawjson.UUID{}) {
		uuid = &s.uuids[number]
	}
	id := s.people.name(number)
	p := Person{
		Number: uint32(len(s.persons)), DistinctID: id, By: by, Value: id, attributes: s.identifiers.place(number),
		Events: c.flags&groupEvents != 0 || c.events > 0, withoutEmail: c.flags&lostEmail != 0, rank: c.rank,
		Updated: updated, UUID: uuid,
	}
	s.applyResolved(&p, s.resolved[number])
	if !s.applySent(&p) && !p.known {
		s.findValue(&p, number, r)
	}
	s.events += c.events
	if gets {
		c.set(getsIdentify)
		if p.withoutEmail {
			s.conflicts++
		}
	}
	c.setPerson(p.Number)
	s.persons = append(s.persons, p)
}

// applyResolved gives a person the identifier that the choice between their profiles has come to; r is nil if
// they have none.
func (s *chooser) applyResolved(p *Person, r *resolved) {
	if r == nil {
		return
	}
	p.setResolved(r.known, r.late && r.holder == "", r.brought)
	if r.givenUp && p.By == ByEmail && !r.known && s.choice.requiredKind() != ByEmail {
		p.sendUnder(ByID, p.DistinctID) // the email still names the other profile
	}
	if r.value != "" {
		p.sendUnder(r.by, r.value)
	}
	if r.holder == "" || p.withoutEmail {
		return
	}
	p.loseEmail()
	s.holders[p.Number] = r.holder
	if p.By == ByEmail && !r.known && s.choice.requiredKind() != ByEmail {
		p.sendUnder(ByID, p.DistinctID)
	}
}

// applySent gives a person the identifier that an earlier run has sent them under. It returns false if none
// has.
func (s *chooser) applySent(p *Person) bool {
	if len(s.sent.all) == 0 {
		return false
	}
	node, found := s.nodes.of(s.nodes.x.sum([]byte(p.DistinctID)))
	at := -1
	if found {
		at = s.sent.find(node)
	}
	if at < 0 {
		return false
	}
	p.setSent(at, s.sent.all[at].email, s.handovers.taken[uint32(at)])
	p.sendUnder(ByID, p.DistinctID)
	if name := s.sent.all[at].name; name != nil {
		p.sendUnder(name.by, name.value)
	}
	return true
}

// findValue finds the value of the identifier of a person who has no profile yet.
func (s *chooser) findValue(p *Person, number uint32, r *spool.Reader) {
	if p.By == ByID {
		return
	}
	email, cioID := s.identifiers.any(number, r)
	switch p.By {
	case ByEmail:
		p.sendUnder(ByEmail, email)
	case ByCioID:
		p.sendUnder(ByCioID, cioID)
	}
	if s.options.wasMerged(p.By, p.Value) && s.choice.requiredKind() == ByID { // it names another profile now
		p.sendUnder(ByID, p.DistinctID)
	}
}

// conflictsOf returns the people who are sent without their email, and who has it.
func (s *chooser) conflictsOf(losers []loser) (conflicts []EmailConflict) {
	for i := range losers {
		l := &losers[i]
		if c := &s.people.all[l.candidate]; c.sent {
			conflict := EmailConflict{Person: &s.persons[c.person], Holder: s.holder(l)}
			if c.flags&emailIsID != 0 {
				conflict.emailID = string(s.identifiers.emailIDs.of(l.candidate))
			}
			conflicts = append(conflicts, conflict)
		}
	}
	for number, holder := range s.holders {
		conflicts = append(conflicts, EmailConflict{Person: &s.persons[number], Holder: holder})
	}
	slices.SortFunc(conflicts, func(a, b EmailConflict) int { return cmp.Compare(a.Person.Number, b.Person.Number) })
	return conflicts
}

// holder returns an ID of the person who has somebody's email.
func (s *chooser) holder(l *loser) string {
	switch {
	case l.holder == nobody:
	case s.people.all[l.holder].sent:
		return s.persons[s.people.all[l.holder].person].DistinctID
	case l.sentAs == "":
		return s.people.name(l.holder) // a candidate who is held
	}
	return l.sentAs
}
