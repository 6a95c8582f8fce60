package transfer

import (
	"cmp"
	"encoding/binary"
	"math"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// version is a row of an event, or the event as an earlier run has sent it. Rows with the same key are
// versions of one event, of which one is sent.
type version struct {
	high, low uint64 // the key of the event
	ref       uint64 // of the row, from 1; 0 for what an earlier run has sent
	created   int64  // when PostHog received it, in unix microseconds; notCreated if that is not known
	content   uint32 // a hash of what the row says, see ledger.Version
	standing  standing
}

// standing says what a row can be among the versions of its event.
type standing uint8

const (
	fits          standing = iota // it can be sent
	mayFit                        // it can be sent if its person's identifier is short
	tooLarge                      // it cannot be sent
	live                          // PostHog's own destination has sent it
	refused                       // the rules reject it
	refusedBefore                 // an earlier run has rejected it
	held                          // it is recent, and such rows wait
)

// isRefused reports whether the row can be sent by no means, and only another version of its event.
func (s standing) isRefused() bool { return s == refused || s == refusedBefore }

// notCreated is the time of a row without created_at. It is before all times, because the row may not be
// newer.
const notCreated = math.MinInt64

// versionOf returns the version that a row is.
func versionOf(id ledger.Key, e *posthog.Event, content uint32) version {
	return version{
		high: binary.BigEndian.Uint64(id[:]), low: binary.BigEndian.Uint64(id[8:]), ref: e.Ref + 1,
		created: createdOf(e), content: content,
	}
}

func createdOf(e *posthog.Event) int64 {
	if e.CreatedAt.State == posthog.Known {
		return e.CreatedAt.Micros
	}
	return notCreated
}

// sentVersion returns the version that an earlier run has sent.
func sentVersion(sent *ledger.Sent) version {
	v := version{
		high: binary.BigEndian.Uint64(sent.Key[:]), low: binary.BigEndian.Uint64(sent.Key[8:]),
		created: notCreated, content: sent.Content,
	}
	if sent.Created != 0 {
		v.created = sent.Created * microsInSecond
	}
	return v
}

const microsInSecond = 1_000_000

// ledgerVersion returns what the ledger stores of a row that was sent.
func ledgerVersion(e *posthog.Event, ids *mapping.EventIDs) ledger.Version {
	if e.CreatedAt.State != posthog.Known {
		return ledger.Version{Content: ids.Content(e)}
	}
	return ledger.Version{Content: ids.Content(e), Created: e.CreatedAt.Seconds()}
}

// stampBits is how many bits of version.high are the time in the key of the event.
const stampBits = 48

// compare orders versions by their keys: first by what the key has besides the day, then by day, with the
// keys last whose day is not known. Of one key, versions that were sent come first, then rows that may be
// sent in reading order, then those that are refused.
func (v *version) compare(o *version) int {
	switch {
	case v.low != o.low:
		return cmp.Compare(v.low, o.low)
	case v.high != o.high:
		return cmp.Or(cmp.Compare(v.high<<stampBits, o.high<<stampBits), cmp.Compare(v.high>>(64-stampBits)-1, o.high>>(64-stampBits)-1))
	case v.standing.isRefused() != o.standing.isRefused():
		return cmp.Compare(v.standing, o.standing)
	}
	return cmp.Compare(v.ref, o.ref)
}

// keyOfCorrection returns the key under which the ledger lists the row if it corrects what was sent. Rows
// that say the same of one event have the same key.
func (v *version) keyOfCorrection() ledger.Key {
	var id ledger.Key
	binary.BigEndian.PutUint64(id[:], v.high)
	binary.BigEndian.PutUint64(id[8:], v.low)
	return keyOfCorrection(&id, v.content)
}

// sameKey reports whether two versions are of one event.
func (v *version) sameKey(o *version) bool { return v.high == o.high && v.low == o.low }

// sameBesidesDay reports whether two versions are of one event, as far as can be told without the day.
func (v *version) sameBesidesDay(o *version) bool {
	return v.low == o.low && v.high<<stampBits == o.high<<stampBits
}

// replaces reports whether a row is newer than a row of the same event that comes before it in the sources.
// Of two rows with the same created_at the later one is newer, unless it says the same.
func (v *version) replaces(o *version) bool {
	return v.created > o.created || v.created == o.created && v.content != o.content
}

// day is the day of the event, which its key contains: see ledger.Key.
func (v *version) day() int64 { return int64(v.high >> 16 / (1000 * ledger.SecondsInDay)) }

func appendVersion(dst []byte, v *version) []byte {
	dst = binary.BigEndian.AppendUint64(dst, v.high)
	dst = binary.BigEndian.AppendUint64(dst, v.low)
	dst = binary.AppendUvarint(dst, v.ref<<3|uint64(v.standing))
	dst = binary.AppendUvarint(dst, uint64(v.content))
	if v.created == notCreated {
		return dst
	}
	return binary.AppendVarint(dst, v.created-v.day()*ledger.SecondsInDay*microsInSecond)
}

func readVersion(b []byte) version {
	v := version{high: binary.BigEndian.Uint64(b), low: binary.BigEndian.Uint64(b[8:]), created: notCreated}
	b = b[16:]
	ref, n := binary.Uvarint(b)
	b = b[n:]
	content, n := binary.Uvarint(b)
	v.ref, v.standing, v.content = ref>>3, standing(ref&7), uint32(content)
	if b = b[n:]; len(b) > 0 {
		created, _ := binary.Varint(b)
		v.created = created + v.day()*ledger.SecondsInDay*microsInSecond
	}
	return v
}

// sameEvent finds out which version of one event is sent. The versions are added one after another, and rows
// are not stored but for the few that may win.
type sameEvent struct {
	newest version   // of the rows that are to be sent; ref 0 for none
	best   version   // of those: the newest that can be sent
	live   version   // the newest of the rows that PostHog's own destination has sent
	sent   []version // by earlier runs
}

// add adds the next version, in the order of version.compare. It calls drop with each row that another one
// stands for.
func (e *sameEvent) add(v version, drop func(version)) {
	switch {
	case v.ref == 0:
		e.sent = append(e.sent, v)
		return
	case v.standing == live:
		if e.live.ref == 0 || v.created >= e.live.created {
			e.live = v
		}
		return
	}
	newest, best := e.newest, e.best
	if newest.ref == 0 || v.replaces(&newest) {
		e.newest = v
	}
	if best.ref == 0 || v.standing < best.standing || v.standing == best.standing && v.replaces(&best) {
		e.best = v
	}
	for _, one := range [...]version{newest, best, v} {
		if one.ref != 0 && one.ref != e.newest.ref && one.ref != e.best.ref {
			drop(one)
		}
	}
}

// decide decides about the remaining rows, when all versions have been added. winner is the row that stands
// for the event, with a ref of 0 for none. If an earlier run has sent the event, the winner is the newest
// row, even if that one cannot be sent.
func (e *sameEvent) decide(drop func(version)) (winner version) {
	switch {
	case e.newest.ref == 0:
		return version{}
	case len(e.sent) > 0:
		if e.best.ref != e.newest.ref {
			drop(e.best)
		}
		return e.newest
	}
	if e.best.ref != e.newest.ref {
		drop(e.newest)
	}
	if l := &e.live; l.ref != 0 && (l.created > e.best.created || l.created == e.best.created && l.ref > e.best.ref) {
		drop(e.best) // sending it would double the event
		return version{}
	}
	return e.best
}

// stands returns what stands for the versions of the event that are refused, when all others have been added.
func (e *sameEvent) stands() Repeat {
	switch {
	case len(e.sent) > 0:
		return SentEarlier
	case e.live.ref != 0, e.best.ref != 0 && e.best.standing != tooLarge:
		return Duplicate
	}
	return NoRepeat
}

// corrected reports whether the winner differs from what earlier runs have sent and is newer, as far as that
// is known. A row that PostHog received in the same second is taken for the same one: other forms of exports
// leave out nulls or flatten objects.
func (e *sameEvent) corrected(winner *version) bool {
	created := winner.created
	if created != notCreated {
		created -= created % microsInSecond // as the ledger keeps it
	}
	for i := range e.sent {
		sent := &e.sent[i]
		if sent.content == winner.content || sent.created > created || sent.created == created && created != notCreated {
			return false
		}
	}
	return true
}

func (e *sameEvent) reset() { *e = sameEvent{sent: e.sent[:0]} }
