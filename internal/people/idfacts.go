package people

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// idFacts are what is known of one distinct ID. Most of an index's memory are these, so they hold no
// pointers. newIDFacts returns those of an ID that has not come up.
type idFacts struct {
	first      identity.Moment // when the ID first came up: see noteFirst
	firstLogin identity.Moment // of the first row that shows a login; identity.Never if none does
	ref        uint64          // of the first row that counts as one of the ID's; neverSeen if there is none
	lastPerson uint64          // a hash of the person_id on the ID's row that was read last; 0 if it had none
	events     uint32          // rows that are sent as events if the ID's person is sent
	state      uint32          // the number of its attributes: what fold.Store.Learn returned last
	flags      idFlags
}

const (
	neverSeen = math.MaxUint64
	idsInPage = 256
)

func (f *idFacts) seen() bool { return f.ref != neverSeen }

// noteFirst notes a time when the ID came up. level says how: hasPerson on a row that has a person, inLink as
// one of the IDs of a link, 0 otherwise. A time of the best level counts, hasPerson before inLink before 0;
// of one level the earliest.
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

// earlier returns the earlier one of two moments.
func earlier(a, b identity.Moment) identity.Moment {
	if b.Compare(a) < 0 {
		return b
	}
	return a
}

// newIDFacts returns the facts of an ID that has not come up, with flags.
func newIDFacts(flags idFlags) idFacts {
	return idFacts{first: identity.Never, firstLogin: identity.Never, ref: neverSeen, flags: flags}
}

// set adds flags.
func (f *idFacts) set(flags idFlags) { f.flags |= flags }

// setState sets the number of the ID's attributes; 0 is none.
func (f *idFacts) setState(state uint32) {
	if f.state = state; state != 0 {
		f.flags |= hasState
	}
}

// setPersonID notes the person_id of a row. It returns a hash of the one on the row before, 0 for none, and
// whether that was the same.
func (f *idFacts) setPersonID(id []byte) (before uint64, same bool) {
	before = f.lastPerson
	f.lastPerson = xxh3.Hash(id) | 1 // 0 is none
	return before, f.lastPerson == before
}

// ofEarlierRun turns what an earlier run has remembered of an ID into what that means to this run.
func (f *idFacts) ofEarlierRun() {
	if f.flags&(hasPerson|inLink) != 0 {
		f.flags |= hadPerson
	}
	if f.flags&(sawLogin|wasTarget) != 0 {
		f.flags |= hadLogin
	}
	if f.events > 0 {
		f.flags |= hadEvents
	}
	f.flags &^= flagsOfText
	f.events = 0
}

// learnRow adds what a row says of its distinct ID. login says that the row shows a login, sends that the row
// is sent as an event if its person is sent, and linked that the row links the ID with another one.
func (f *idFacts) learnRow(e *posthog.Event, login, sends, linked bool, at identity.Moment) {
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
	if login {
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

// noteVisitor notes whether posthog-js has sent the row and says in it that it does not know who the visitor
// is.
func (f *idFacts) noteVisitor(e *posthog.Event) {
	f.flags |= feedsPerson
	switch {
	case !e.WebVisitor:
		f.flags |= notVisitor
	case !e.Personless && f.flags&(machineShaped|notVisitor|sawEmail) == 0 && saysEmail(e):
		f.flags |= sawEmail
	}
}

// saysEmail reports whether a row has an email of its person.
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

// countEvent counts a row that is sent as an event if sends is true.
func (f *idFacts) countEvent(sends bool) {
	if sends && f.events < math.MaxUint32 {
		f.events++
	}
}

// add adds what is known of the same ID from elsewhere: from disk, or from an earlier run.
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

// idFactsSize is how many bytes a sum and what append writes take.
const idFactsSize = sumSize + 16 + 16 + 8 + 4 + 4

// append writes the facts, but for the last person_id and the attributes, for readIDFacts.
func (f *idFacts) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.first.At))
	dst = binary.LittleEndian.AppendUint64(dst, f.first.UUID)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.firstLogin.At))
	dst = binary.LittleEndian.AppendUint64(dst, f.firstLogin.UUID)
	dst = binary.LittleEndian.AppendUint64(dst, f.ref)
	dst = binary.LittleEndian.AppendUint32(dst, f.events)
	return binary.LittleEndian.AppendUint32(dst, uint32(f.flags))
}

// readIDFacts reads what append has written.
func readIDFacts(b []byte) idFacts {
	return idFacts{
		first:      identity.Moment{At: int64(binary.LittleEndian.Uint64(b)), UUID: binary.LittleEndian.Uint64(b[8:])},
		firstLogin: identity.Moment{At: int64(binary.LittleEndian.Uint64(b[16:])), UUID: binary.LittleEndian.Uint64(b[24:])},
		ref:        binary.LittleEndian.Uint64(b[32:]),
		events:     binary.LittleEndian.Uint32(b[40:]),
		flags:      idFlags(binary.LittleEndian.Uint32(b[44:])),
	}
}

// idFlags are what is known of one distinct ID and is either so or not.
type idFlags uint32

const (
	hasPerson    idFlags = 1 << iota // was on a row that is not personless
	inLink                           // was one of the two IDs of a link
	wasIdentify                      // was the distinct_id of an $identify
	sawLogin                         // was on a row that shows a login: see showsLogin
	wasUserID                        // was on a row with the same $user_id
	wasDevice                        // was a $device_id
	wasAnonymous                     // was the $anon_distinct_id of an $identify that was accepted
	inPersons                        // is in the persons export
	hasState                         // has attributes

	// By the ID's text.
	machineShaped
	emailShaped
	tooLong
	userShaped // matches Options.UserID
	excluded
	named

	// By earlier runs.
	hadPerson // had a person by the end of an earlier run
	hadLogin  // and PostHog took that person as identified
	hadEvents // had an event to send
	wasSent   // was the kept ID of a person who was sent

	wasTarget    // was the distinct_id of a link
	notRejected  // was on a row that is not rejected
	makesProfile // was on a row that is not personless and whose event is a reason for a profile

	notVisitor    // was on a row that is no web visitor's: see posthog.Event.WebVisitor
	feedsPerson   // was on a row of an event that changes its person: see posthog.WithoutPerson
	sawEmail      // a row, or the persons export, has an email of its person
	profileExists // Customer.io has a profile with this ID: see Options.Existing
	cookieless    // everybody behind one address has it: see posthog.CookielessDevice
)

// flagsOfText are the flags that depend on an ID's text and on the options. A later run sets them itself.
const flagsOfText = machineShaped | emailShaped | tooLong | userShaped | excluded | named | profileExists | cookieless

// showsLogin reports whether a row shows that somebody has logged in under its distinct ID.
func showsLogin(e *posthog.Event) bool {
	return e.IsIdentified || isOwnUserID(e) || identifiesKnownID(e)
}

// identifiesKnownID reports whether a row is an $identify of an ID that no machine made. A back end that
// sends one without an anonymous ID knows who the person is. PostHog itself takes a person as identified only
// after a merge.
func identifiesKnownID(e *posthog.Event) bool {
	return string(e.Name) == "$identify" && !e.Personless && !posthog.MachineMade(e.DistinctID)
}

// isOwnUserID reports whether a row's $user_id is its distinct ID.
func isOwnUserID(e *posthog.Event) bool {
	return e.UserID != nil && bytes.Equal(e.UserID, e.DistinctID)
}

// visitor reports whether all rows of the ID are a web visitor's, or there are none: posthog-js has sent each
// of them, and says in it that it does not know who the visitor is. An ID with an email or a profile is not a
// visitor's.
func (m idFlags) visitor() bool {
	return m&(notVisitor|sawEmail|emailShaped|profileExists|userShaped) == 0
}

// machine reports whether the ID was made by a machine.
func (m idFlags) machine() bool { return m.device() || m&userShaped == 0 && m&wasAnonymous != 0 }

// device is machine without what links say of the ID. A $device_id counts only if the ID is a visitor's: once
// posthog-js knows who somebody is, it also writes that person's ID as the $device_id.
func (m idFlags) device() bool {
	return m&userShaped == 0 && (m&machineShaped != 0 || m&wasDevice != 0 && m.visitor())
}

// login reports whether somebody has logged in with the ID, or --user-id matches it.
func (m idFlags) login() bool {
	return m&userShaped != 0 || m&cookieless == 0 && m&(wasIdentify|sawLogin) != 0
}

// identified reports whether it is known who has the ID. Somebody has logged in with it, or a back end has
// sent rows with a person under it, and no machine has made it.
func (m idFlags) identified() bool {
	return m.login() || m&makesProfile != 0 && !m.machine() && !m.visitor()
}

// onlyShaped reports whether the ID would be identified if its text did not look as if a machine had made it.
func (m idFlags) onlyShaped() bool {
	return !m.identified() && m&makesProfile != 0 && !m.visitor() &&
		m&(machineShaped|cookieless|wasDevice|wasAnonymous) == machineShaped
}

// onlyVisitor reports whether the ID would be identified if its rows were not all a web visitor's.
func (m idFlags) onlyVisitor() bool {
	return !m.identified() && m&makesProfile != 0 && m&feedsPerson != 0 && m&(wasAnonymous|machineShaped) == 0 && m.visitor()
}

// rank says how good the ID is as a kept ID, apart from profiles that exist.
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
