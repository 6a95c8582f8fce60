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
