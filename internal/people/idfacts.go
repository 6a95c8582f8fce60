package people

import (
	"bytes"
	"encoding/binary"
	"math"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// fact is what is known of one distinct ID.
type fact struct {
	first  identity.Moment // when it came up: see came
	known  identity.Moment // of its first row that shows a login, Never without
	ref    uint64          // of its first row, neverSeen when it stood on none
	person uint64          // a hash of the person_id that it had on the row that was read last
	events uint32          // rows that are sent as an event if it is
	state  uint32          // of its attributes: see attributeStore.learn
	marks  marks
}

const (
	neverSeen = math.MaxUint64
	idsInPage = 256
)

func (f *fact) seen() bool { return f.ref != neverSeen }

// came notes when the ID came up: on a row with its person, for level hasPerson, which counts before all
// others; in a link, for inLink; or otherwise, for 0. Of the same kind the earliest counts.
func (f *fact) came(level marks, at identity.Moment) {
	had := f.marks & (hasPerson | inLink)
	f.marks |= level
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

// newFact is what is known of an ID that has not come up.
func newFact() fact { return fact{first: identity.Never, known: identity.Never, ref: neverSeen} }

// learn takes what a row says of its distinct ID.
func (f *fact) learn(e *posthog.Event, known, sends, linked bool, at identity.Moment) {
	var level marks
	makes := !posthog.MakesNobody(e.Name)
	if !e.Personless {
		level = hasPerson
		if string(e.Name) == "$identify" {
			f.marks |= wasIdentify
		}
		if makes {
			f.marks |= madePerson
		}
	}
	if known {
		f.marks |= wasKnown
		f.known = earlier(f.known, at)
	}
	if userOf(e) {
		f.marks |= wasUser
	}
	f.learnPlain(e)
	if bytes.Equal(e.DeviceID, e.DistinctID) {
		f.marks |= wasDevice
	}
	f.came(level, at)
	if linked {
		f.came(inLink, at)
	}
	if makes {
		f.ref = min(f.ref, e.Ref)
	}
	f.count(sends)
}

// learnPlain takes whether a row is posthog-js's of a visitor.
func (f *fact) learnPlain(e *posthog.Event) {
	f.marks |= plainRow
	switch {
	case !e.WebVisitor:
		f.marks |= otherRow
	case !e.Personless && f.marks&(machineShaped|otherRow|saidEmail) == 0 && saysEmail(e):
		f.marks |= saidEmail
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

func (f *fact) count(sends bool) {
	if sends && f.events < math.MaxUint32 {
		f.events++
	}
}

// add takes in what else is known of the same ID.
func (f *fact) add(o *fact) {
	switch {
	case o.marks&hasPerson != 0:
		f.came(hasPerson, o.first)
	case o.marks&inLink != 0:
		f.came(inLink, o.first)
	default:
		f.came(0, o.first)
	}
	f.known = earlier(f.known, o.known)
	f.marks |= o.marks
	f.ref = min(f.ref, o.ref)
	f.events = uint32(min(uint64(f.events)+uint64(o.events), math.MaxUint32))
}

const factSize = sumSize + 16 + 16 + 8 + 4 + 4

func (f *fact) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.first.At))
	dst = binary.LittleEndian.AppendUint64(dst, f.first.UUID)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.known.At))
	dst = binary.LittleEndian.AppendUint64(dst, f.known.UUID)
	dst = binary.LittleEndian.AppendUint64(dst, f.ref)
	dst = binary.LittleEndian.AppendUint32(dst, f.events)
	return binary.LittleEndian.AppendUint32(dst, uint32(f.marks))
}

func readFact(b []byte) fact {
	return fact{
		first:  identity.Moment{At: int64(binary.LittleEndian.Uint64(b)), UUID: binary.LittleEndian.Uint64(b[8:])},
		known:  identity.Moment{At: int64(binary.LittleEndian.Uint64(b[16:])), UUID: binary.LittleEndian.Uint64(b[24:])},
		ref:    binary.LittleEndian.Uint64(b[32:]),
		events: binary.LittleEndian.Uint32(b[40:]),
		marks:  marks(binary.LittleEndian.Uint32(b[44:])),
	}
}

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
