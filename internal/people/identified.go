package people

import (
	"bytes"

	"ph2cio/internal/posthog"
)

// marks are what rows have said of a distinct ID. The first seven are learnt, the others settled.
type marks uint16

const (
	hasPerson    marks = 1 << iota // stood on a row that is not personless
	wasIdentify                    // was the distinct_id of an $identify
	wasKnown                       // stood on a row with $is_identified, or as its own $user_id
	wasDevice                      // was a $device_id
	wasAnonymous                   // was an $anon_distinct_id
	hasEvents                      // has an event to send

	isIdentified
	isShapeOnly // would be identified, were it not for its shape
	hasEmail    // has a plausible email
	hasCioID    // has a cio_id, and people may be sent under it
	lostEmail   // somebody else who is sent has its email
	lostCioID   // somebody else who is sent has its cio_id
	getsProfile // gets an identify
)

// marksOf says what a row teaches of its own distinct ID, if that is legal.
//
// An `$identify` with an illegal `$anon_distinct_id` still counts: PostHog refuses to merge then, but the person it
// names is as well known as with any other.
func marksOf(e *posthog.Event, sends bool) marks {
	var m marks
	if !e.Personless {
		m |= hasPerson
	}
	if string(e.Name) == "$identify" {
		m |= wasIdentify
	}
	if e.IsIdentified || e.UserID != nil && bytes.Equal(e.UserID, e.DistinctID) {
		m |= wasKnown
	}
	if sends {
		m |= hasEvents
	}
	return m
}

// judge adds what follows from the marks of an ID that stood on a row: whether it is identified. Somebody known only to
// a back end, on rows with a person but without any sign of a login, is identified unless the ID is machine-made.
func (m marks) judge(id []byte) marks {
	switch {
	case m&(wasIdentify|wasKnown) != 0:
		return m | isIdentified
	case m&hasPerson == 0 || m&(wasDevice|wasAnonymous) != 0:
		return m
	case posthog.MachineMade(id):
		return m | isShapeOnly
	default:
		return m | isIdentified
	}
}
