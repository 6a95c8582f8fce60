package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// ids collects the IDs of the person, and why they are the person's.
type ids struct {
	byID    map[string]*ID
	order   []*ID                     // the same, in the order in which rows name them
	persons map[string]map[string]Row // by person_id, then by distinct ID: the first row that has both
}

func newIDs() *ids {
	return &ids{byID: map[string]*ID{}, persons: map[string]map[string]Row{}}
}

// id returns an ID, which it adds if it is not there.
func (i *ids) id(id string) *ID {
	one := i.byID[id]
	if one == nil {
		one = &ID{ID: id}
		i.byID[id] = one
		i.order = append(i.order, one)
	}
	return one
}

// addRow adds a row of the person to its ID.
func (i *ids) addRow(place Row, e *posthog.Event) {
	one := i.id(string(e.DistinctID))
	one.Rows++
	if at := place.Time; !at.IsZero() {
		if one.First.IsZero() || at.Before(one.First) {
			one.First = at
		}
		if at.After(one.Last) {
			one.Last = at
		}
	}
	if e.PersonID == nil || posthog.FeedsNobody(e.Name) {
		return
	}
	with := i.persons[string(e.PersonID)]
	if with == nil {
		with = map[string]Row{}
		i.persons[string(e.PersonID)] = with
	}
	if _, seen := with[one.ID]; !seen {
		with[one.ID] = place
	}
}

// addLink notes a link that makes an ID the person's. Of several the first one counts, unless a later one
// joined two people at an earlier time.
func (i *ids) addLink(id string, l *Link, joined bool) {
	one := i.id(id)
	if one.Link == nil || joined && l.Place.Time.Before(one.Link.Place.Time) {
		one.Link = l
	}
}

// results lists the IDs, each with why it is the person's: the kept ID first, then by the time of their first
// rows.
func (i *ids) results(who *subject) []ID {
	all := []ID{}
	for _, one := range i.order {
		one.Why = i.why(one, who)
		all = append(all, *one)
	}
	slices.SortStableFunc(all, func(a, b ID) int {
		return cmp.Or(trueLast(!who.keeps(a.ID), !who.keeps(b.ID)), compareTimes(a.First, b.First))
	})
	return all
}

// why says why an ID is the person's.
func (i *ids) why(one *ID, who *subject) string {
	shared := i.shared(one.ID)
	switch {
	case who.keeps(one.ID):
		return "kept ID: " + who.person.Why()
	case len(i.order) == 1:
		return "no row links it to another ID"
	case !who.grouped:
		return "belongs to nobody"
	case one.Link != nil:
		return one.Link.Reason
	case shared != "":
		return shared
	}
	return "linked by the persons export"
}

// shared says with which other ID one has a person_id in common; empty if with none.
func (i *ids) shared(id string) string {
	for _, person := range slices.Sorted(maps.Keys(i.persons)) {
		with := i.persons[person]
		if _, has := with[id]; !has {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(with)) {
			if other != id {
				place := with[other]
				return fmt.Sprintf("its rows have the person_id %s, like those of %s (%s:%d)",
					mapping.ShortID(person), mapping.ShortID(other), place.File, place.Line)
			}
		}
	}
	return ""
}

// compareTimes compares times for sorting, with zero last.
func compareTimes(a, b time.Time) int {
	if a.IsZero() || b.IsZero() {
		return trueLast(a.IsZero(), b.IsZero())
	}
	return a.Compare(b)
}

// trueLast compares conditions for sorting, with true last.
func trueLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// links collects the rows that say that the person's ID and another one are one person.
type links struct {
	who     *subject
	ids     *ids   // which get the links that PostHog follows
	refused []Link // the others
}

func newLinks(who *subject, ids *ids) *links { return &links{who: who, ids: ids, refused: []Link{}} }

// add takes a link, of which one of the IDs or both are the person's, and what became of it.
func (l *links) add(place Row, e *posthog.Event, verdict people.Verdict) {
	link := linkOf(place, e)
	switch {
	case verdict == people.LinkIdentified:
		link.Reason = mapping.ShortID(link.Other) + " was identified already, and PostHog does not merge identified people by " + place.Event
		l.refused = append(l.refused, link)
	case verdict == people.LinkExported:
		link.Reason = "they are two people in the persons export, which is newer than this row"
		l.refused = append(l.refused, link)
	case l.who.has(e.DistinctID) && l.who.has(e.Linked()):
		link.Reason = fmt.Sprintf("%s links %s to %s", place.Event, mapping.ShortID(link.ID), mapping.ShortID(link.Other))
		l.ids.addLink(link.ID, &link, verdict == people.LinkJoined)
		l.ids.addLink(link.Other, &link, verdict == people.LinkJoined)
	}
}

// addImpossible takes a row that would be a link if both of its IDs could be somebody's, as one of the
// person's is.
func (l *links) addImpossible(place Row, e *posthog.Event) {
	link := linkOf(place, e)
	for _, id := range [][]byte{e.DistinctID, e.Linked()} {
		switch {
		case posthog.CookielessDevice(id):
			link.Reason = fmt.Sprintf("all visitors without cookies at one address share %s", mapping.ShortID(string(id)))
		case posthog.IllegalID(id):
			link.Reason = fmt.Sprintf("%q is a placeholder ID, which belongs to nobody", id)
		default:
			continue
		}
		l.refused = append(l.refused, link)
		return
	}
}

// linkOf is a link without its reason.
func linkOf(place Row, e *posthog.Event) Link {
	return Link{Place: place, ID: string(e.DistinctID), Other: string(e.Linked())}
}

// attributes collects the final properties of the person, and the rows that set them.
type attributes struct {
	history *people.History
	rows    map[uint64]Row // that may have set a property, by Ref
}

func newAttributes(history *people.History) *attributes {
	return &attributes{history: history, rows: map[uint64]Row{}}
}

// add takes a row of the person, and what became of it if it is a link.
func (a *attributes) add(place Row, e *posthog.Event, verdict people.Verdict, linked bool) {
	a.history.Add(e, verdict, linked)
	if e.PersonProperties != nil || e.Set != nil || e.SetOnce != nil || e.Unset != nil {
		a.rows[e.Ref] = place
	}
}

// results lists the properties, each with the row that set it. One that no row set is from the persons
// export.
func (a *attributes) results(who *subject) []Attribute {
	all, set := []Attribute{}, map[string]Attribute{}
	for one := range a.history.Attributes() {
		set[one.Name] = Attribute{one.Name, string(one.Value), a.rows[one.Ref]}
	}
	if who.person == nil {
		for _, name := range slices.Sorted(maps.Keys(set)) {
			all = append(all, set[name])
		}
		return all
	}
	for name, value := range who.people.Attributes(who.person) {
		one := Attribute{Name: name, Value: string(value)}
		if row := set[name]; row.Value == one.Value {
			one = row
		}
		all = append(all, one)
	}
	return all
}

// shownOperations is how many events are shown.
const shownOperations = 5

// rowCounts counts the person's rows by what becomes of them, and shows the first events.
type rowCounts struct {
	reader     *export.Rereader
	mapper     *mapping.Mapper
	rows       map[string]int64
	operations []string // as JSON
}

func newRowCounts(reader *export.Rereader, mapper *mapping.Mapper) *rowCounts {
	return &rowCounts{reader: reader, mapper: mapper, rows: map[string]int64{}, operations: []string{}}
}

// add counts the row that was just read.
func (c *rowCounts) add(e *posthog.Event) {
	operation, name := c.outcome(e)
	c.rows[name]++
	if operation != nil && len(c.operations) < shownOperations {
		c.operations = append(c.operations, string(operation))
	}
}

// outcome names what becomes of the row that was just read, and returns the operation that is sent for it;
// nil for none.
func (c *rowCounts) outcome(e *posthog.Event) (operation []byte, name string) {
	switch c.reader.Repeat(e) {
	case export.Duplicate:
		return nil, "duplicate"
	case export.SentEarlier:
		return nil, "earlier"
	case export.CorrectedLate:
		return nil, "skipped." + mapping.ReasonCorrectedLate
	}
	if o := c.reader.Classify(e); o.Bucket == mapping.Skipped {
		return nil, nameOfOutcome(o)
	}
	operation, _, o := c.mapper.Event(nil, e)
	if o.Bucket != mapping.Send {
		operation = nil
	}
	return operation, nameOfOutcome(o)
}

// nameOfOutcome names the bucket in which a summary counts a row, with the reason: sent, person,
// skipped.REASON or rejected.REASON. Rows that are repeats of others are called duplicate, and those that an
// earlier run has sent earlier.
func nameOfOutcome(o mapping.Outcome) string {
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
