package ledger

import (
	"context"
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// WaitingTotals count the rows that wait, of all runs.
type WaitingTotals struct {
	WaitingCount
	ByReason map[WaitReason]WaitingCount // only reasons for which rows wait
}

// WaitingCount counts rows that wait.
type WaitingCount struct {
	Rows     int64 `json:"rows"`     // copies of one event count once
	Visitors int64 `json:"visitors"` // different distinct IDs
	Files    int64 `json:"files"`    // different paths
}

// waitingCounter makes a WaitingCount.
type waitingCounter struct {
	counted              WaitingCount
	rows, visitors, path distinct
}

func (c *waitingCounter) add(w *Wait, path uint64) {
	visitor := binary.LittleEndian.Uint64(w.ID[:])
	c.rows.add(visitor ^ uint64(w.Row)*0x9e3779b97f4a7c15)
	c.visitors.add(visitor)
	c.path.add(path)
}

// endPass counts what was added. Rows and visitors of other passes are others.
func (c *waitingCounter) endPass() {
	c.counted.Rows += int64(len(c.rows.all()))
	c.counted.Visitors += int64(len(c.visitors.all()))
	c.counted.Files = int64(len(c.path.all()))
	c.rows.clear()
	c.visitors.clear()
}

// waitsInPass is about how many waits are compared at once.
const waitsInPass = 4 << 20

// countWaiting counts the rows that wait, each once, in however many sources it waits. So that memory does not
// grow with them, it reads them several times if there are more than inPass, each time those of other IDs.
func (s *Store) countWaiting(ctx context.Context, inPass uint64) (t WaitingTotals, err error) {
	var all int64
	if err := s.db.QueryRowContext(ctx, "SELECT coalesce(sum(count), 0) FROM waiting").Scan(&all); err != nil {
		return t, s.wrapError("counting what is in", err)
	}
	c := waitingTotals{byReason: map[WaitReason]*waitingCounter{}}
	passes := 1 + uint64(all)/inPass
	for pass := range passes {
		if err := c.add(ctx, s, func(id *Key) bool { return binary.LittleEndian.Uint64(id[8:])%passes == pass }); err != nil {
			return t, err
		}
	}
	t = WaitingTotals{c.all.counted, map[WaitReason]WaitingCount{}}
	for reason, counter := range c.byReason {
		t.ByReason[reason] = counter.counted
	}
	return t, nil
}

// waitingTotals makes WaitingTotals.
type waitingTotals struct {
	all      waitingCounter
	byReason map[WaitReason]*waitingCounter
}

// add counts the rows of some IDs.
func (c *waitingTotals) add(ctx context.Context, s *Store, of func(*Key) bool) error {
	for p, err := range s.WaitingParts(ctx, 0) {
		if err != nil {
			return err
		}
		path := xxh3.HashString(p.Path)
		for one, err := range p.Rows() {
			if err != nil {
				return s.wrapError("counting what is in", err)
			}
			if !of(&one.ID) {
				continue
			}
			if c.byReason[one.Reason] == nil {
				c.byReason[one.Reason] = &waitingCounter{}
			}
			c.all.add(&one, path)
			c.byReason[one.Reason].add(&one, path)
		}
	}
	c.all.endPass()
	for _, counter := range c.byReason {
		counter.endPass()
	}
	return nil
}
