package explain

import (
	"fmt"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

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
