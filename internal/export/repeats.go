package export

import (
	"cmp"
	"context"
	"encoding/binary"
	"os"
	"slices"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/spool"
)

// repeats are the rows of a reading that are not sent because another one stands for them: the first row of the same event ID,
// or what an earlier run has sent. It takes a bit a row where there are such rows; what they are found by is sorted on disk.
type repeats struct {
	duplicate, earlier bitset // by Ref

	space  *spool.Space
	sorter *spool.Sorter[numberedKey]
	ids    []mapping.EventIDs // of each worker
	days   map[int64]bool     // of all keys
	from   int64              // the first day of which all that was sent is known
	down   turnedDown
	retry  bool // what was rejected is tried again
}

// numberedKey is the key of a row's event, with what it is sorted by in numbers.
type numberedKey struct {
	high, low uint64
	ref       uint64 // of the row, from 1; 0 for what an earlier run has sent
}

const (
	repeatsHeld  = 8 << 20   // bytes of sorted keys in memory
	repeatsAtOne = 256 << 10 // keys that are sorted at once
)

// newRepeats works in a directory as people.Options.Dir does.
func newRepeats(plan *Plan) *repeats {
	space := spool.NewSpace(cmp.Or(plan.Index.Dir, os.TempDir()), repeatsHeld)
	return &repeats{
		space: space, days: map[int64]bool{}, ids: make([]mapping.EventIDs, plan.workers()),
		sorter: &spool.Sorter[numberedKey]{
			Space: space, Most: repeatsAtOne, Compare: (*numberedKey).compare, Append: appendNumberedKey, Read: readNumberedKey,
		},
	}
}

// begin asks the state how far back it knows what was sent, and what was rejected.
func (r *repeats) begin(ctx context.Context, plan *Plan) (err error) {
	if plan.State == nil {
		return nil
	}
	r.retry = plan.Retry
	if !plan.ResendOld {
		r.from, err = plan.State.KeysFrom(ctx)
	}
	if err == nil {
		r.down, err = plan.State.RejectKeys(ctx, plan.goesOn())
	}
	return err
}

// numbered gives a key its row's number.
func numbered(key ledger.Key, ref uint64) numberedKey {
	return numberedKey{binary.BigEndian.Uint64(key[:]), binary.BigEndian.Uint64(key[8:]), ref}
}

func (k *numberedKey) compare(o *numberedKey) int {
	switch {
	case k.high != o.high:
		return cmp.Compare(k.high, o.high)
	case k.low != o.low:
		return cmp.Compare(k.low, o.low)
	}
	return cmp.Compare(k.ref, o.ref)
}

// day is the day of the event, as ledger.Key has it.
func (k *numberedKey) day() int64 { return int64(k.high >> 16 / (1000 * ledger.SecondsInDay)) }

func appendNumberedKey(dst []byte, k *numberedKey) []byte {
	dst = binary.BigEndian.AppendUint64(dst, k.high)
	dst = binary.BigEndian.AppendUint64(dst, k.low)
	return binary.AppendUvarint(dst, k.ref)
}

func readNumberedKey(b []byte) (k numberedKey) {
	k.high, k.low = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
	k.ref, _ = binary.Uvarint(b[16:])
	return k
}

// keyed are the keys of one chunk's rows that could be sent.
type keyed struct {
	ids  *mapping.EventIDs
	from int64 // as in repeats
	down turnedDown
	keys []numberedKey
}

// rejectedBefore is the outcome of a row that an earlier run has rejected.
var rejectedBefore = mapping.Outcome{Bucket: mapping.Skipped, Reason: mapping.ReasonRejectedBefore}

func (k *keyed) turnedDown(key ledger.Key) bool { return len(k.down) > 0 && k.down.has(key) }

// add takes a row, and returns what becomes of it. One that could be sent is held when it is of a day of which nobody knows any
// more what was sent.
func (k *keyed) add(e *posthog.Event, o mapping.Outcome) mapping.Outcome {
	switch {
	case o.Bucket == mapping.Skipped, o.Bucket == mapping.FeedsPerson && len(k.down) == 0:
		return o
	case o.Bucket == mapping.Rejected:
		if k.turnedDown(keyOfText(e.Row)) {
			return rejectedBefore
		}
		return o
	}
	id := ledger.Key(k.ids.Of(e))
	if k.turnedDown(id) {
		return rejectedBefore
	}
	if o.Bucket != mapping.Send {
		return o
	}
	key := numbered(id, e.Ref+1)
	if key.day() < k.from {
		return mapping.Outcome{Bucket: mapping.Skipped, Reason: mapping.ReasonTooOld}
	}
	k.keys = append(k.keys, key)
	return o
}

// keyed collects the keys of a chunk, on one of the workers.
func (r *repeats) keyed(worker int, c *posthog.Chunk) *keyed {
	return &keyed{ids: &r.ids[worker], from: r.from, down: r.turnedDown(), keys: make([]numberedKey, 0, c.Rows/2+1)}
}

// turnedDown are the keys of rows and people that are not tried again.
func (r *repeats) turnedDown() turnedDown {
	if r.retry {
		return nil
	}
	return r.down
}

// add takes the keys of the next chunk.
func (r *repeats) add(keys []numberedKey) {
	day := int64(-1)
	for _, key := range keys {
		if now := key.day(); now != day {
			day = now
			r.days[day] = true
		}
		r.sorter.Add(key)
	}
}

// find looks for repeats in all that was added, and in what earlier runs than the one gone on with have sent.
func (r *repeats) find(ctx context.Context, plan *Plan) error {
	if plan.State != nil {
		for _, day := range r.sortedDays() {
			for key, err := range plan.State.Keys(ctx, day, plan.goesOn()) {
				if err != nil {
					return err
				}
				r.sorter.Add(numbered(key, 0))
			}
		}
	}
	var first numberedKey
	began := false
	for key, err := range r.sorter.Sorted() {
		switch {
		case err != nil:
			return err
		case !began || key.high != first.high || key.low != first.low:
			first, began = key, true
		case key.ref == 0: // sent twice, by two runs
		case first.ref == 0:
			first.ref = key.ref
			r.earlier.add(int(key.ref - 1))
		default:
			r.duplicate.add(int(key.ref - 1))
		}
	}
	r.days = nil
	return r.space.Close()
}

func (r *repeats) sortedDays() []int64 {
	days := make([]int64, 0, len(r.days))
	for day := range r.days {
		days = append(days, day)
	}
	slices.Sort(days)
	return days
}

// take leaves the repeats of a chunk out, and counts them.
func (r *repeats) take(c *posthog.Chunk, counted *tally) {
	var earlier, duplicate int64
	left := bitset(c.Left)
	left, earlier = r.earlier.cut(left, c.Ref, c.Rows)
	left, duplicate = r.duplicate.cut(left, c.Ref, c.Rows)
	c.Left = left
	counted.read += earlier + duplicate
	counted.earlier += earlier
	counted.duplicate += duplicate
}
