package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/zeebo/xxh3"
)

// Totals has counts over all runs of a state directory.
type Totals struct {
	People        int64 // who were sent, however often
	MergesDone    int64
	MergesPending int64 // and not done
	Waiting       WaitingTotals
	Newest        time.Time // as Store.Newest returns it
}

// Totals counts what has been saved. It reads all people who were sent and all rows that wait, and takes a
// few bytes of memory for each person, and for each of a few million waiting rows at a time.
func (s *Store) Totals(ctx context.Context, now time.Time) (t Totals, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM merges WHERE done IS NOT NULL), (SELECT count(*) FROM merges WHERE done IS NULL)`).Scan(&t.MergesDone, &t.MergesPending)
	if err != nil {
		return t, s.wrapError("counting what is in", err)
	}
	if t.Waiting, err = s.countWaiting(ctx, waitsInPass); err != nil {
		return t, err
	}
	if t.People, err = s.countPeople(ctx); err != nil {
		return t, err
	}
	t.Newest, err = s.Newest(ctx, now)
	return t, err
}

// countPeople counts the people who were sent, each once.
func (s *Store) countPeople(ctx context.Context) (int64, error) {
	var who distinct
	for p, err := range s.People(ctx, 0) {
		if err != nil {
			return 0, err
		}
		who.add(xxh3.HashString(p.DistinctID))
	}
	return int64(len(who.all())), nil
}

// distinct counts different numbers, in eight bytes each.
type distinct struct {
	sorted   []uint64
	unsorted []uint64
}

const minUnsorted = 1 << 18

func (d *distinct) add(n uint64) {
	if d.unsorted = append(d.unsorted, n); len(d.unsorted) >= max(minUnsorted, len(d.sorted)/4) {
		d.merge()
	}
}

func (d *distinct) all() []uint64 {
	d.merge()
	return d.sorted
}

// clear forgets the numbers, and keeps the memory for others.
func (d *distinct) clear() { d.sorted, d.unsorted = d.sorted[:0], d.unsorted[:0] }

// merge sorts the numbers that were added since the last call in among the others, each once.
func (d *distinct) merge() {
	d.sorted = append(d.sorted, d.unsorted...)
	slices.Sort(d.sorted)
	d.sorted, d.unsorted = slices.Compact(d.sorted), d.unsorted[:0]
}
