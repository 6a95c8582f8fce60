package explain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ph2cio/internal/export"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// mostExplained is how many people with one email are explained. Others are only named.
const mostExplained = 5

// Run explains the person behind a distinct ID, or everybody who has an email. It compares an email with
// those of people's final properties, without regard to case and to space around it, and with IDs. For each
// person it reads all sources of the plan twice. It sends nothing, and does not use the plan's Sender,
// Rejects and Operations. It returns an error if it could not read on, or if ctx was cancelled. An ID or
// email that nobody has is no error: see Person.Known.
func Run(ctx context.Context, plan *export.Plan, who string) (*Person, error) {
	if !people.PlausibleEmail([]byte(who)) {
		one, _, err := explainOne(ctx, plan, who)
		if err != nil {
			return nil, err
		}
		if one.Known() {
			one.Near = nil
		}
		return one, nil
	}
	return explainEmail(ctx, plan, who)
}

// explainEmail explains those who have an email, the person first whose ID it is.
func explainEmail(ctx context.Context, plan *export.Plan, email string) (*Person, error) {
	listing := plan
	if !plan.Choice.Only { // else the plan lists the people with other emails
		folded := people.FoldEmail(nil, []byte(email))
		listing = plan.WithEmails(func(other []byte) bool { return bytes.Equal(people.FoldEmail(nil, other), folded) })
	}
	first, owners, err := explainOne(ctx, listing, email)
	if err != nil {
		return nil, err
	}
	if plan.Choice.Only {
		owners = nil
	}
	var all []*Person
	if first.Known() {
		all = append(all, first)
	}
	var more []string
	for _, id := range slices.Concat(owners, first.Near) {
		switch {
		case slices.ContainsFunc(all, func(one *Person) bool { return one.has(id) }):
		case len(all) == mostExplained:
			more = append(more, id)
		default:
			one, _, err := explainOne(ctx, plan, id)
			if err != nil {
				return nil, err
			}
			one.Email, one.Near = email, nil
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return first, nil
	}
	all[0].Others, all[0].More, all[0].Near = all[1:], more, nil
	return all[0], nil
}

// explainOne explains the person behind one distinct ID. It also returns an ID of each person whom the plan
// lists for their email.
func explainOne(ctx context.Context, plan *export.Plan, id string) (_ *Person, owners []string, err error) {
	verdicts := map[uint64]people.Verdict{}
	plan = plan.WithTrace(func(ref uint64, verdict people.Verdict) { verdicts[ref] = verdict })
	first, err := export.Learn(ctx, plan)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, first.Close()) }()
	for _, one := range first.People.Asked() {
		owners = append(owners, one.ID)
	}
	who := newSubject(first.People, id)
	mapper := first.NewMapper(plan.Rules)
	merges := first.MergesInto(mapper, who.person)
	profile := predictIdentify(plan, first.People, mapper, who.person)
	if profile.rejectsEvents {
		mapper.Refused = map[uint32]bool{who.person.Number: true}
	}
	reader := first.NewRereader(plan)
	found := newFindings(who, verdicts, people.NewHistory(plan.Index), newRowCounts(reader, mapper))
	if err := found.read(ctx, reader); err != nil {
		return nil, nil, err
	}
	one := &Person{
		ID: id, Status: statusText(who.status), WithoutEmail: who.lostEmail(),
		Merges: merges, Held: first.HeldAs([]byte(id)),
		IDs: found.ids.results(who), Refused: found.links.refused, Attributes: found.attributes.results(who),
		Identify: profile.operation, Rejected: profile.rejected,
		Rows: found.counts.rows, Operations: found.counts.operations,
		Near: found.near,
	}
	if profile.status != "" {
		one.Status = profile.status
	}
	if p := who.person; p != nil {
		one.Kept, one.By, one.Value = p.DistinctID, p.By.String(), p.Value
	}
	return one, owners, nil
}

// subject is the distinct ID that is explained, and the person behind it.
type subject struct {
	people  *people.Settled
	id      string
	person  *people.Person // nil if the person is not sent
	status  people.Status
	group   people.Group // all IDs of the person
	grouped bool         // group is known; else nothing is known but the ID's own rows
}

func newSubject(settled *people.Settled, id string) *subject {
	s := &subject{people: settled, id: id}
	s.person, s.status = settled.Lookup([]byte(id))
	s.group, s.grouped = settled.GroupOf([]byte(id))
	return s
}

// has reports whether an ID is one of the person's.
func (s *subject) has(id []byte) bool {
	if !s.grouped {
		return string(id) == s.id
	}
	group, known := s.people.GroupOf(id)
	return known && group == s.group
}

// keeps reports whether an ID is the one that the person keeps.
func (s *subject) keeps(id string) bool { return s.person != nil && s.person.DistinctID == id }

// lostEmail returns the email that the person is sent without, because somebody else has it; nil for none.
func (s *subject) lostEmail() *LostEmail {
	if s.person == nil {
		return nil
	}
	email, holder, lost := s.people.LostEmail(s.person)
	if !lost {
		return nil
	}
	return &LostEmail{email, holder}
}

// RejectedWithEvents begins the status of somebody whose profile cannot be sent. The reason follows it.
const RejectedWithEvents = "rejected, with all of the person's events: "

// statusText says what becomes of a person's rows.
func statusText(s people.Status) string {
	switch s {
	case people.Sent:
		return "sent"
	case people.Anonymous:
		return "not sent: a visitor not identified yet (--people all sends visitors too)"
	case people.NoEmail:
		return "not sent: no email (--people identified sends people without one too)"
	case people.Illegal:
		return "not sent: a placeholder ID, which belongs to nobody"
	case people.NoIdentifier:
		return "rejected: none of the identifiers that --identify-by names"
	case people.LostEmail:
		return "rejected: somebody else has the email to identify by (--identify-by)"
	case people.Excluded:
		return "not sent: excluded by --exclude-people"
	case people.Deleted:
		return "not sent: deleted in PostHog, according to the persons export"
	case people.NotAsked:
		return "not sent: not named by --only"
	case people.AllRejected:
		return "not sent: all of the person's rows are rejected"
	case people.TwoProfiles:
		return "waiting: the person has two identified profiles in Customer.io, and nothing says to merge them"
	}
	return fmt.Sprintf("status %d", s)
}

// mostNear is how many IDs that nearly are the one to explain are named.
const mostNear = 10

// findings are what the second reading finds out about the person.
type findings struct {
	who        *subject
	verdicts   map[uint64]people.Verdict // what became of each link, by the Ref of its row
	ids        *ids
	links      *links
	attributes *attributes
	counts     *rowCounts
	near       []string // IDs that somebody may have meant
}

func newFindings(who *subject, verdicts map[uint64]people.Verdict, history *people.History, counts *rowCounts) *findings {
	ids := newIDs()
	return &findings{
		who: who, verdicts: verdicts, ids: ids, links: newLinks(who, ids), attributes: newAttributes(history), counts: counts,
	}
}

// read reads all rows a second time.
func (f *findings) read(ctx context.Context, reader *export.Rereader) error {
	for row, err := range reader.Rows(ctx) {
		if err != nil {
			return err
		}
		f.add(row)
	}
	return nil
}

// add takes what a row says about the person. A row that says nothing costs no memory.
func (f *findings) add(row export.RereadRow) {
	e, other := row.Event, row.Event.Linked()
	its := f.who.has(e.DistinctID)
	if !its {
		f.addNear(e.DistinctID)
	}
	if !its && (other == nil || !f.who.has(other)) {
		return
	}
	place := Row{File: row.File, Line: e.Line, Event: string(e.Name), Time: takenIn(e)}
	verdict, linked := f.verdicts[e.Ref]
	if linked {
		f.links.add(place, e, verdict)
	} else if other != nil {
		f.links.addImpossible(place, e)
	}
	if !its {
		return
	}
	f.counts.add(e)
	if string(e.Name) == "$groupidentify" {
		return
	}
	f.ids.addRow(place, e)
	f.attributes.add(place, e, verdict, linked)
}

// addNear notes an ID that differs from the one to explain only in case or in space around it.
func (f *findings) addNear(id []byte) {
	if len(f.near) == mostNear || len(id) >= 2*len(f.who.id)+64 {
		return
	}
	if bytes.EqualFold(bytes.TrimSpace(id), bytes.TrimSpace([]byte(f.who.id))) && !slices.Contains(f.near, string(id)) {
		f.near = append(f.near, string(id))
	}
}

// takenIn is when PostHog took a row in, which decides who is who; zero if the row has no time.
func takenIn(e *posthog.Event) time.Time {
	if at := e.TakenIn(); at.State == posthog.Known {
		return time.UnixMicro(at.Micros).UTC()
	}
	return time.Time{}
}
