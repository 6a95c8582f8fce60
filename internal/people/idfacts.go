package people

import (
	"bytes"
	"encoding/binary"
	"math"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// idFacts is what is known of one distinct ID.
type idFacts struct {
	first      identity.Moment // when it came up: see came
	firstLogin identity.Moment // of its first row that shows a login, Never without
	ref        uint64          // of its first row, neverSeen when it stood on none
	lastPerson uint64          // a hash of the person_id that it had on the row that was read last
	events     uint32          // rows that are sent as an event if it is
	state      uint32          // of its attributes: see attributeStore.learn
	flags      idFlags
}

const (
	neverSeen = math.MaxUint64
	idsInPage = 256
)

func (f *idFacts) seen() bool { return f.ref != neverSeen }

// noteFirst notes when the ID came up: on a row with its person, for level hasPerson, which counts before all
// others; in a link, for inLink; or otherwise, for 0. Of the same kind the earliest counts.
func (f *idFacts) noteFirst(level idFlags, at identity.Moment) {
	had := f.flags & (hasPerson | inLink)
	f.flags |= level
	switch {
	case level == hasPerson && had&hasPerson == 0, level == inLink && had == 0:
		f.first = at
	case level&hasPerson == had&hasPerson && (level != 0 || had == 0) && at.Compare(f.first) < 0:
		f.first = at
	}
}

func earlier(a, b identity.Moment) identity.Moment {
	if b.Compare(a) < 0 {
		return b
	}
	return a
}

// newIDFacts is what is known of an ID that has not come up.
func newIDFacts() idFacts {
	return idFacts{first: identity.Never, firstLogin: identity.Never, ref: neverSeen}
}

// learnRow takes what a row says of its distinct ID.
func (f *idFacts) learnRow(e *posthog.Event, known, sends, linked bool, at identity.Moment) {
	var level idFlags
	makes := !posthog.WithoutProfile(e.Name)
	if !e.Personless {
		level = hasPerson
		if string(e.Name) == "$identify" {
			f.flags |= wasIdentify
		}
		if makes {
			f.flags |= makesProfile
		}
	}
	if known {
		f.flags |= sawLogin
		f.firstLogin = earlier(f.firstLogin, at)
	}
	if isOwnUserID(e) {
		f.flags |= wasUserID
	}
	f.noteVisitor(e)
	if bytes.Equal(e.DeviceID, e.DistinctID) {
		f.flags |= wasDevice
	}
	f.noteFirst(level, at)
	if linked {
		f.noteFirst(inLink, at)
	}
	if makes {
		f.ref = min(f.ref, e.Ref)
	}
	f.countEvent(sends)
}

// noteVisitor takes whether a row is posthog-js's of a visitor.
func (f *idFacts) noteVisitor(e *posthog.Event) {
	f.flags |= feedsPerson
	switch {
	case !e.WebVisitor:
		f.flags |= notVisitor
	case !e.Personless && f.flags&(machineShaped|notVisitor|sawEmail) == 0 && saysEmail(e):
		f.flags |= sawEmail
	}
}

// saysEmail reports whether a row says an email of its person.
func saysEmail(e *posthog.Event) bool {
	return hasEmailIn(e.Set) || hasEmailIn(e.SetOnce) || hasEmailIn(e.PersonProperties)
}

// hasEmailIn reports whether a JSON object has a plausible email; of several the last counts.
func hasEmailIn(object []byte) (has bool) {
	m := rawjson.Walk(object)
	for key, value, ok := m.Next(); ok; key, value, ok = m.Next() {
		if string(key) == `"email"` {
			has = PlausibleEmail(trimmed(value))
		}
	}
	return has
}

func (f *idFacts) countEvent(sends bool) {
	if sends && f.events < math.MaxUint32 {
		f.events++
	}
}

// add takes in what else is known of the same ID.
func (f *idFacts) add(o *idFacts) {
	switch {
	case o.flags&hasPerson != 0:
		f.noteFirst(hasPerson, o.first)
	case o.flags&inLink != 0:
		f.noteFirst(inLink, o.first)
	default:
		f.noteFirst(0, o.first)
	}
	f.firstLogin = earlier(f.firstLogin, o.firstLogin)
	f.flags |= o.flags
	f.ref = min(f.ref, o.ref)
	f.events = uint32(min(uint64(f.events)+uint64(o.events), math.MaxUint32))
}

const idFactsSize = sumSize + 16 + 16 + 8 + 4 + 4

func (f *idFacts) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.first.At))
	dst = binary.LittleEndian.AppendUint64(dst, f.first.UUID)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.firstLogin.At))
	dst = binary.LittleEndian.AppendUint64(dst, f.firstLogin.UUID)
	dst = binary.LittleEndian.AppendUint64(dst, f.ref)
	dst = binary.LittleEndian.AppendUint32(dst, f.events)
	return binary.LittleEndian.AppendUint32(dst, uint32(f.flags))
}

func readIDFacts(b []byte) idFacts {
	return idFacts{
		first:      identity.Moment{At: int64(binary.LittleEndian.Uint64(b)), UUID: binary.LittleEndian.Uint64(b[8:])},
		firstLogin: identity.Moment{At: int64(binary.LittleEndian.Uint64(b[16:])), UUID: binary.LittleEndian.Uint64(b[24:])},
		ref:        binary.LittleEndian.Uint64(b[32:]),
		events:     binary.LittleEndian.Uint32(b[40:]),
		flags:      idFlags(binary.LittleEndian.Uint32(b[44:])),
	}
}

// idFlags are what is known of one distinct ID.
type idFlags uint32

const (
	hasPerson    idFlags = 1 << iota // stood on a row that is not personless
	inLink                           // was one of the two IDs of a link
	wasIdentify                      // was the distinct_id of an $identify
	sawLogin                         // stood on a row with $is_identified, or as its own $user_id
	wasUserID                        // the latter
	wasDevice                        // was a $device_id
	wasAnonymous                     // was the $anon_distinct_id of an $identify that was accepted
	inPersons                        // stands in the persons export
	hasState                         // has attributes

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

	wasTarget    // was the distinct_id of a link
	notRejected  // stood on a row that is not rejected
	makesProfile // stood on a row that is not personless and a reason for a profile

	notVisitor    // stood on a row that is not posthog-js's of a visitor: see posthog.Event.WebVisitor
	feedsPerson   // stood on a row of an event that feeds its person: see posthog.WithoutPerson
	sawEmail      // a row, or the persons export, says an email of it
	profileExists // there is a profile under it: see Options.Existing
	cookieless    // everybody behind one address has it: see posthog.CookielessDevice
)

// showsLogin reports whether a row shows that somebody has logged in under its distinct ID.
func showsLogin(e *posthog.Event) bool {
	return e.IsIdentified || isOwnUserID(e) || identifiesKnownID(e)
}

// identifiesKnownID reports whether a row is an $identify of an ID that no machine made. A back end that sends it
// alone knows who that is, though PostHog itself takes a person as identified only once two are merged.
func identifiesKnownID(e *posthog.Event) bool {
	return string(e.Name) == "$identify" && !e.Personless && !posthog.MachineMade(e.DistinctID)
}

// isOwnUserID reports whether the login was with that very ID.
func isOwnUserID(e *posthog.Event) bool {
	return e.UserID != nil && bytes.Equal(e.UserID, e.DistinctID)
}

// visitor reports whether posthog-js alone has sent rows of the ID, and says in each that it does not know
// who that is; also of an ID without rows. An email, or a profile that is there, makes somebody of it all the
// same.
func (m idFlags) visitor() bool {
	return m&(notVisitor|sawEmail|emailShaped|profileExists|userShaped) == 0
}

// machine reports whether the ID was made by a machine.
func (m idFlags) machine() bool { return m.device() || m&userShaped == 0 && m&wasAnonymous != 0 }

// device reports whether that shows without the links that name the ID. When posthog-js gets to know who
// somebody is, it writes that ID as the $device_id too.
func (m idFlags) device() bool {
	return m&userShaped == 0 && (m&machineShaped != 0 || m&wasDevice != 0 && m.visitor())
}

// login reports whether somebody has logged in under the ID, or the user says that it is theirs.
func (m idFlags) login() bool {
	return m&userShaped != 0 || m&cookieless == 0 && m&(wasIdentify|sawLogin) != 0
}

// identified reports whether somebody has made themselves known under the ID: by a login, or to a back end,
// which shows in rows with a person under an ID that no machine made.
func (m idFlags) identified() bool {
	return m.login() || m&makesProfile != 0 && !m.machine() && !m.visitor()
}

// onlyShaped reports whether the ID would be identified, were it not for its shape.
func (m idFlags) onlyShaped() bool {
	return !m.identified() && m&makesProfile != 0 && !m.visitor() &&
		m&(machineShaped|cookieless|wasDevice|wasAnonymous) == machineShaped
}

// onlyVisitor reports whether the ID would be identified, were it not that posthog-js says in every row that
// it does not know who that is.
func (m idFlags) onlyVisitor() bool {
	return !m.identified() && m&makesProfile != 0 && m&feedsPerson != 0 && m&(wasAnonymous|machineShaped) == 0 && m.visitor()
}

// rank is how good the ID is to keep, apart from profiles that exist.
func (m idFlags) rank() identity.Rank {
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
