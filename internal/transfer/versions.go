package transfer

import (
	"cmp"
	"encoding/binary"
	"math"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// version is a row of an event, by the event's key, or what an earlier run has sent of it. Rows of one key
// are versions of one event, of which one is sent.
type version struct {
	high, low uint64 // the key, in numbers
	ref       uint64 // of the row, from 1; 0 for what an earlier run has sent
	created   int64  // when PostHog took it in: unix microseconds; notCreated when that is not known
	content   uint32 // stands for what the row says, as ledger.Version has it
	standing  standing
}

// standing says what a row can be among the versions of its event.
type standing uint8

const (
	fits     standing = iota // it can be sent
	mayFit                   // it can be sent if its person's identifier is short
	tooLarge                 // it cannot be sent
	live                     // PostHog's own destination has sent it
)

// notCreated is before every time: of a row without created_at nobody knows whether it is newer.
const notCreated = math.MinInt64

// versionOf is a row's.
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

// sentVersion is what an earlier run has sent.
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

// ledgerVersion is what the ledger keeps of a row that was sent.
func ledgerVersion(e *posthog.Event, ids *mapping.EventIDs) ledger.Version {
	if e.CreatedAt.State != posthog.Known {
		return ledger.Version{Content: ids.Content(e)}
	}
	return ledger.Version{Content: ids.Content(e), Created: e.CreatedAt.Seconds()}
}

// compare orders versions by their keys; what was sent comes first, then the rows in reading order.
func (v *version) compare(o *version) int {
	switch {
	case v.high != o.high:
		return cmp.Compare(v.high, o.high)
	case v.low != o.low:
		return cmp.Compare(v.low, o.low)
	}
	return cmp.Compare(v.ref, o.ref)
}

// replaces reports whether a row is newer than another one of its event that stands before it: by
// created_at, then by its place. A row that comes again as it was is not.
func (v *version) replaces(o *version) bool {
	return v.created > o.created || v.created == o.created && v.content != o.content
}

// day is the day of the event, as ledger.Key has it.
func (v *version) day() int64 { return int64(v.high >> 16 / (1000 * ledger.SecondsInDay)) }

func appendVersion(dst []byte, v *version) []byte {
	dst = binary.BigEndian.AppendUint64(dst, v.high)
	dst = binary.BigEndian.AppendUint64(dst, v.low)
	dst = binary.AppendUvarint(dst, v.ref<<2|uint64(v.standing))
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
	v.ref, v.standing, v.content = ref>>2, standing(ref&3), uint32(content)
	if b = b[n:]; len(b) > 0 {
		created, _ := binary.Varint(b)
		v.created = created + v.day()*ledger.SecondsInDay*microsInSecond
	}
	return v
}

// sameEvent is what the versions of one event come to. They are added one after another; it takes no memory
// for each.
type sameEvent struct {
	newest version   // of the rows that are to be sent; ref 0 for none
	best   version   // of those: the newest that can be sent
	live   version   // the newest of the rows that PostHog's own destination has sent
	sent   []version // by earlier runs
}

// add takes the next version, in the order of version.compare, and hands each row to drop that another one
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

// end decides about the rows that are left, when all versions have been added. winner is the row that
// stands for the event, ref 0 for none. Of an event that an earlier run has sent it is the newest, whether
// it can be sent or not.
func (e *sameEvent) end(drop func(version)) (winner version) {
	switch {
	case e.newest.ref == 0:
		return version{}
	case len(e.sent) > 0:
		if e.best.ref != e.newest.ref {
			drop(e.best)
		}
		return e.newest
	}
	if e.best.ref != e.newest.ref && e.newest.standing != tooLarge { // a row that is too large is rejected, and told of
		drop(e.newest)
	}
	if l := &e.live; l.ref != 0 && (l.created > e.best.created || l.created == e.best.created && l.ref > e.best.ref) {
		drop(e.best) // sending it would make the event two
		return version{}
	}
	return e.best
}

// corrected reports whether the winner says something else than what earlier runs have sent, and is newer than
// that, as far as is known. One that PostHog took in at the same second is the same row in an export of another
// form, which may leave out nulls or flatten objects.
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

func (e *sameEvent) forget() { *e = sameEvent{sent: e.sent[:0]} }
