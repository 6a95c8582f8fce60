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
	id, other := mapping.ShortID(string(e.DistinctID)), mapping.ShortID(string(e.Linked()))
	switch {
	case verdict == people.LinkIdentified:
		l.refuse(place, e, other+" was identified already, and PostHog does not merge identified people by "+place.Event)
	case verdict == people.LinkExported:
		l.refuse(place, e, "they are two people in the persons export, which is newer than this row")
	case l.who.has(e.DistinctID) && l.who.has(e.Linked()):
		link := linkOf(place, e, fmt.Sprintf("%s links %s to %s", place.Event, id, other))
		l.ids.addLink(link.ID, &link, verdict == people.LinkJoined)
		l.ids.addLink(link.Other, &link, verdict == people.LinkJoined)
	}
}

// addImpossible takes a row that would be a link if both of its IDs could be somebody's, as one of the
// person's is.
func (l *links) addImpossible(place Row, e *posthog.Event) {
	for _, id := range [][]byte{e.DistinctID, e.Linked()} {
		switch {
		case posthog.CookielessDevice(id):
			l.refuse(place, e, "all visitors without cookies at one address share "+mapping.ShortID(string(id)))
		case posthog.IllegalID(id):
			l.refuse(place, e, fmt.Sprintf("%q is a placeholder ID, which belongs to nobody", id))
		default:
			continue
		}
		return
	}
}

// refuse adds a link that PostHog does not follow, with the reason.
func (l *links) refuse(place Row, e *posthog.Event, reason string) {
	l.refused = append(l.refused, linkOf(place, e, reason))
}

func linkOf(place Row, e *posthog.Event, reason string) Link {
	return Link{Place: place, ID: string(e.DistinctID), Other: string(e.Linked()), Reason: reason}
}
