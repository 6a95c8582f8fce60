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
	wasAnonymous                   // was the $anon_distinct_id of an $identify that was accepted
	inPersons                      // stands in the persons export
	hasState                       // has attributes

	// Seen of the text when it first came.
	machineShaped
	emailShaped
	tooLong
	userShaped // matches Options.UserID
	excluded
	named

	// Known from an earlier run.
	hadPerson // had a person by its end
	hadLogin  // and that was identified
	hadEvents // had an event to send
	wasSent   // was the kept ID of somebody who was sent

	wasTarget  // was the distinct_id of a link
	wasFit     // stood on a row that is not rejected
	madePerson // stood on a row that is not personless and a reason for a profile

	otherRow  // stood on a row that is not posthog-js's of a visitor: see posthog.Event.WebVisitor
	plainRow  // stood on a row of an event that feeds its person: see posthog.FeedsNobody
	saidEmail // a row, or the persons export, says an email of it
	thereByID // there is a profile under it: see Options.Existing
	neverOne  // everybody behind one address has it: see posthog.CookielessDevice
)

// knownBy reports whether a row shows that somebody has logged in under its distinct ID.
func knownBy(e *posthog.Event) bool { return e.IsIdentified || userOf(e) || identifies(e) }

// identifies reports whether a row is an $identify of an ID that no machine made. A back end that sends it
// alone knows who that is, though PostHog itself takes a person as identified only once two are merged.
func identifies(e *posthog.Event) bool {
	return string(e.Name) == "$identify" && !e.Personless && !posthog.MachineMade(e.DistinctID)
}

// userOf reports whether the login was with that very ID.
func userOf(e *posthog.Event) bool { return e.UserID != nil && bytes.Equal(e.UserID, e.DistinctID) }

// visitor reports whether posthog-js alone has sent rows of the ID, and says in each that it does not know
// who that is; also of an ID without rows. An email, or a profile that is there, makes somebody of it all the
// same.
func (m marks) visitor() bool { return m&(otherRow|saidEmail|emailShaped|thereByID|userShaped) == 0 }

// machine reports whether the ID was made by a machine.
func (m marks) machine() bool { return m.device() || m&userShaped == 0 && m&wasAnonymous != 0 }

// device reports whether that shows without the links that name the ID. When posthog-js gets to know who
// somebody is, it writes that ID as the $device_id too.
func (m marks) device() bool {
	return m&userShaped == 0 && (m&machineShaped != 0 || m&wasDevice != 0 && m.visitor())
}

// login reports whether somebody has logged in under the ID, or the user says that it is theirs.
func (m marks) login() bool {
	return m&userShaped != 0 || m&neverOne == 0 && m&(wasIdentify|wasKnown) != 0
}

// identified reports whether somebody has made themselves known under the ID: by a login, or to a back end,
// which shows in rows with a person under an ID that no machine made.
func (m marks) identified() bool {
	return m.login() || m&madePerson != 0 && !m.machine() && !m.visitor()
}

// onlyShaped reports whether the ID would be identified, were it not for its shape.
func (m marks) onlyShaped() bool {
	return !m.identified() && m&madePerson != 0 && !m.visitor() &&
		m&(machineShaped|neverOne|wasDevice|wasAnonymous) == machineShaped
}

// onlyVisitor reports whether the ID would be identified, were it not that posthog-js says in every row that
// it does not know who that is.
func (m marks) onlyVisitor() bool {
	return !m.identified() && m&madePerson != 0 && m&plainRow != 0 && m&(wasAnonymous|machineShaped) == 0 && m.visitor()
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
