package explain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// shownOperations is how many events an explanation shows.
const shownOperations = 5

// explainOne reads all sources twice and says who the person behind a distinct ID is.
func explainOne(ctx context.Context, plan *export.Plan, id string) (why *Person, err error) {
	outcomes := map[uint64]people.Verdict{}
	plan = plan.WithTrace(func(ref uint64, o people.Verdict) { outcomes[ref] = o })
	learned, err := export.Learn(ctx, plan)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, learned.Close()) }()
	x := &explaining{
		learned: learned, outcomes: outcomes, mapper: learned.NewMapper(plan.Rules), rows: learned.NewRereader(plan),
		history: people.NewHistory(plan.Index),
		ids:     map[string]*ID{}, persons: map[string]map[string]Row{}, places: map[uint64]Row{},
		why: &Person{ID: id, IDs: []ID{}, Refused: []Link{}, Attributes: []Attribute{}, Rows: map[string]int64{}, Operations: []string{}},
	}
	for _, one := range learned.People.Asked() {
		x.why.emailOf = append(x.why.emailOf, one.ID)
	}
	x.begin()
	x.predictIdentify(plan)
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	return x.end(), nil
}

// explaining is Run at work for one person.
type explaining struct {
	learned  *export.Learned
	outcomes map[uint64]people.Verdict // of links, by Ref
	mapper   *mapping.Mapper
	rows     *export.Rereader
	history  *people.History
	group    people.Group
	grouped  bool           // the ID has a group; else its own rows are all there is to tell
	person   *people.Person // nil when it is not sent
	why      *Person

	ids     map[string]*ID
	order   []string
	persons map[string]map[string]Row // by person_id, then by distinct ID: the first row with both
	places  map[uint64]Row            // of rows that may have set an attribute, by Ref
}

// begin looks the ID up.
func (x *explaining) begin() {
	id := []byte(x.why.ID)
	person, status := x.learned.People.Lookup(id)
	x.person, x.why.Status = person, statusText(status)
	x.why.Merges = x.learned.MergesInto(x.mapper, person)
	x.why.Held = x.learned.HeldAs(id)
	if person != nil {
		x.why.Kept, x.why.By, x.why.Value = person.DistinctID, person.By.String(), person.Value
		if email, holder, lost := x.learned.People.LostEmail(person); lost {
			x.why.WithoutEmail = &LostEmail{email, holder}
		}
	}
	x.group, x.grouped = x.learned.People.GroupOf(id)
}

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

// read looks for the person's rows in a second reading.
func (x *explaining) read(ctx context.Context) error {
	for row, err := range x.rows.Rows(ctx) {
		if err != nil {
			return err
		}
		x.look(row.File, row.Event)
	}
	return nil
}

// mine reports whether an ID is of the person.
func (x *explaining) mine(id []byte) bool {
	if !x.grouped {
		return string(id) == x.why.ID
	}
	group, known := x.learned.People.GroupOf(id)
	return known && group == x.group
}

// look takes what a row says of the person.
func (x *explaining) look(path string, e *posthog.Event) {
	place := Row{File: path, Line: e.Line, Event: string(e.Name), Time: timeOf(e)}
	outcome, linked := x.outcomes[e.Ref]
	if linked {
		x.link(place, e, outcome)
	} else {
		x.noLink(place, e)
	}
	if !x.mine(e.DistinctID) {
		x.near(e.DistinctID)
		return
	}
	x.count(e)
	if string(e.Name) == "$groupidentify" {
		return
	}
	x.stand(place, e)
	x.history.Add(e, outcome, linked)
	if e.PersonProperties != nil || e.Set != nil || e.SetOnce != nil || e.Unset != nil {
		x.places[e.Ref] = place
	}
}

// count counts a row of the person where a run counts it.
func (x *explaining) count(e *posthog.Event) {
	text, bucket := x.bucketOf(e)
	x.why.Rows[bucket]++
	if bucket == "sent" && len(x.why.Operations) < shownOperations {
		x.why.Operations = append(x.why.Operations, string(text))
	}
}

// bucketOf is what a summary counts a row as, and the operation that is made of it.
func (x *explaining) bucketOf(e *posthog.Event) (operation []byte, bucket string) {
	switch x.rows.Repeat(e) {
	case export.Duplicate:
		return nil, "duplicate"
	case export.SentEarlier:
		return nil, "earlier"
	case export.CorrectedLate:
		return nil, "skipped." + mapping.ReasonCorrectedLate
	}
	if first := x.rows.Classify(e); first.Bucket == mapping.Skipped {
		return nil, nameOfBucket(first)
	}
	operation, _, o := x.mapper.Event(nil, e)
	return operation, nameOfBucket(o)
}

// nameOfBucket is what a summary would count a row as that no other row stands for.
func nameOfBucket(o mapping.Outcome) string {
	switch o.Bucket {
	case mapping.Send:
		return "sent"
	case mapping.FeedsPerson:
		return "person"
	case mapping.Skipped:
		return "skipped." + o.Reason
	}
	return "rejected." + o.Reason
}

// timeOf is when PostHog took a row in, which is what decides; zero when it has no time.
func timeOf(e *posthog.Event) time.Time {
	if at := e.TakenIn(); at.State == posthog.Known {
		return time.UnixMicro(at.Micros).UTC()
	}
	return time.Time{}
}

// stand notes that a row is one of an ID's.
func (x *explaining) stand(place Row, e *posthog.Event) {
	id := x.id(string(e.DistinctID))
	id.Rows++
	if at := place.Time; !at.IsZero() {
		if id.First.IsZero() || at.Before(id.First) {
			id.First = at
		}
		if at.After(id.Last) {
			id.Last = at
		}
	}
	if e.PersonID == nil || posthog.FeedsNobody(e.Name) {
		return
	}
	with := x.persons[string(e.PersonID)]
	if with == nil {
		with = map[string]Row{}
		x.persons[string(e.PersonID)] = with
	}
	if _, seen := with[id.ID]; !seen {
		with[id.ID] = place
	}
}

func (x *explaining) id(id string) *ID {
	one := x.ids[id]
	if one == nil {
		one = &ID{ID: id}
		x.ids[id] = one
		x.order = append(x.order, id)
	}
	return one
}

// link takes a row that says that two IDs are one person.
func (x *explaining) link(place Row, e *posthog.Event, outcome people.Verdict) {
	other := e.Linked()
	mine, others := x.mine(e.DistinctID), x.mine(other)
	l := Link{Place: place, ID: string(e.DistinctID), Other: string(other)}
	switch {
	case outcome == people.LinkIdentified && (mine || others):
		l.Reason = mapping.ShortID(l.Other) + " was identified already, and PostHog does not merge identified people by " + place.Event
		x.why.Refused = append(x.why.Refused, l)
	case outcome == people.LinkExported && (mine || others):
		l.Reason = "they are two people in the persons export, which is newer than this row"
		x.why.Refused = append(x.why.Refused, l)
	case mine && others:
		l.Reason = fmt.Sprintf("%s links %s to %s", place.Event, mapping.ShortID(l.ID), mapping.ShortID(l.Other))
		x.tie(l.ID, &l, outcome)
		x.tie(l.Other, &l, outcome)
	}
}

// noLink takes a row that would be a link, were not one of its IDs nobody's.
func (x *explaining) noLink(place Row, e *posthog.Event) {
	other := e.Linked()
	if other == nil || !x.mine(e.DistinctID) && !x.mine(other) {
		return
	}
	for _, id := range [][]byte{e.DistinctID, other} {
		if posthog.CookielessDevice(id) {
			x.why.Refused = append(x.why.Refused, Link{
				Place: place, ID: string(e.DistinctID), Other: string(other),
				Reason: fmt.Sprintf("all visitors without cookies at one address share %s", mapping.ShortID(string(id))),
			})
			return
		}
		if posthog.IllegalID(id) {
			x.why.Refused = append(x.why.Refused, Link{
				Place: place, ID: string(e.DistinctID), Other: string(other),
				Reason: fmt.Sprintf("%q is a placeholder ID, which belongs to nobody", id),
			})
			return
		}
	}
}

// tie notes the link that ties an ID to the others: rather one that joined two people than one that found them joined.
func (x *explaining) tie(id string, l *Link, outcome people.Verdict) {
	one := x.id(id)
	if one.Link == nil || outcome == people.LinkJoined && l.Place.Time.Before(one.Link.Place.Time) {
		one.Link = l
	}
}
