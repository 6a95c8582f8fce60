package people

import (
	"bytes"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
)

// marks are what is known of one distinct ID.
type marks uint32

const (
	hasPerson    marks = 1 << iota // stood on a row that is not personless
	inLink                         // was one of the two IDs of a link
	wasIdentify                    // was the distinct_id of an $identify
	wasKnown                       // stood on a row with $is_identified, or as its own $user_id
	wasUser                        // the latter
	wasDevice                      // was a $device_id
	wasAnonymous                   // was an $anon_distinct_id
	inPersons                      // stands in the persons export
	hasState                       // has attributes

	// Seen of the text when it first came.
	machineShaped
	emailShaped
	tooLong
	userShaped // matches Options.UserID
	excluded
	asked

	// Known from an earlier run.
	hadPerson // had a person by its end
	hadLogin  // and that was identified
	hadEvents // had an event to send
	wasSent   // was the kept ID of somebody who was sent

	wasTarget // was the distinct_id of a link
)

// maxID is how many bytes an ID of Customer.io may have (facts: docs.customer.io, person ids).
const maxID = 150

// look marks what an ID's text says of it.
func (x *Index) look(id []byte) (m marks) {
	set := func(mark marks, holds bool) {
		if holds {
			m |= mark
		}
	}
	set(machineShaped, posthog.MachineMade(id))
	set(emailShaped, PlausibleEmail(id))
	set(tooLong, len(id) > maxID)
	set(userShaped, x.options.UserID != nil && x.options.UserID(id))
	set(excluded, x.options.Excluded != nil && x.options.Excluded(id))
	set(asked, x.asksFor(id))
	return m
}

// knownBy reports whether a row shows that somebody has logged in under its distinct ID.
func knownBy(e *posthog.Event) bool { return e.IsIdentified || userOf(e) }

// userOf reports whether the login was with that very ID.
func userOf(e *posthog.Event) bool { return e.UserID != nil && bytes.Equal(e.UserID, e.DistinctID) }

// machine reports whether the ID was made by a machine.
func (m marks) machine() bool {
	return m&userShaped == 0 && m&(wasDevice|wasAnonymous|machineShaped) != 0
}

// identified reports whether somebody has made themselves known under the ID: by a login, or to a back end, which shows
// in rows with a person under an ID that no machine made.
func (m marks) identified() bool {
	return m&(wasIdentify|wasKnown|userShaped) != 0 || m&hasPerson != 0 && !m.machine()
}

// onlyShaped reports whether the ID would be identified, were it not for its shape.
func (m marks) onlyShaped() bool {
	return !m.identified() && m&hasPerson != 0 && m&(wasDevice|wasAnonymous) == 0
}

// rank is how good the ID is to keep, apart from profiles that exist.
func (m marks) rank() identity.Rank {
	rank := identity.Machine
	switch {
	case m&userShaped != 0:
		rank = identity.Chosen
	case m.identified() && m&emailShaped != 0:
		rank = identity.Email
	case m.identified():
		rank = identity.Identified
	case !m.machine():
		rank = identity.NotMachine
	}
	if m&tooLong != 0 {
		rank += identity.TooLong
	}
	return rank
}

// traits are what is known of a group of IDs: one person.
type traits = uint32

const (
	isIdentified traits = 1 << iota
	isShapeOnly         // an ID of it would be identified, were it not for its shape
	groupSeen           // stood on a row
	groupEvents         // has an event to send
	groupState          // has attributes
	isExcluded
	isAsked
	isDeleted // in the persons export
	isThere   // has a profile already
	isSent    // an earlier run has sent it

	hasEmail    // has a plausible email
	hasCioID    // has a cio_id, and people may be sent under it
	lostEmail   // somebody else who is sent has its email
	lostCioID   // somebody else who is sent has its cio_id
	getsProfile // gets an identify
	hasFinal    // its attributes are in its part
	isHeld      // several of its profiles are identified
)

// traits are what an ID brings into its group.
func (f *fact) traits() (t traits) {
	set := func(trait traits, holds bool) {
		if holds {
			t |= trait
		}
	}
	m := f.marks
	real := f.seen() || m&(inLink|inPersons) != 0
	set(isIdentified, real && m.identified())
	set(isShapeOnly, m.onlyShaped())
	set(groupSeen, f.seen())
	set(groupEvents, f.events > 0 || m&hadEvents != 0)
	set(groupState, m&hasState != 0)
	set(isExcluded, m&excluded != 0)
	set(isAsked, m&asked != 0)
	set(isThere, m&wasSent != 0)
	set(isSent, m&wasSent != 0)
	return t
}
