package ledger

import (
	"context"
	"database/sql"
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
	Rows     int64 `json:"rows"`
	Visitors int64 `json:"visitors"` // different distinct IDs
	Files    int64 `json:"files"`    // different paths
}

// waitingCounter makes a WaitingCount.
type waitingCounter struct {
	rows           int64
	visitors, path distinct
}

func (c *waitingCounter) add(w *Wait, path uint64) {
	c.rows += int64(w.Rows)
	c.visitors.add(binary.LittleEndian.Uint64(w.ID[:]))
	c.path.add(path)
}

func (c *waitingCounter) count() WaitingCount {
	return WaitingCount{c.rows, int64(len(c.visitors.all())), int64(len(c.path.all()))}
}

// countWaiting counts the rows that wait.
func (s *Store) countWaiting(ctx context.Context) (t WaitingTotals, err error) {
	type part struct {
		path  string
		waits []byte
	}
	parts := query[part]{
		doing: "counting what is in",
		text:  "SELECT s.path, w.waits FROM waiting w JOIN sources s ON s.run = w.run AND s.number = w.source",
		scan: func(rows *sql.Rows) (p part, err error) {
			err = rows.Scan(&p.path, &p.waits)
			return p, err
		},
	}.each(ctx, s)
	var all waitingCounter
	byReason := map[WaitReason]*waitingCounter{}
	for p, err := range parts {
		if err != nil {
			return t, err
		}
		path := xxh3.HashString(p.path)
		for one, err := range eachWait(p.waits) {
			if err != nil {
				return t, s.wrapError("counting what is in", err)
			}
			if byReason[one.Reason] == nil {
				byReason[one.Reason] = &waitingCounter{}
			}
			all.add(&one, path)
			byReason[one.Reason].add(&one, path)
		}
	}
	t = WaitingTotals{all.count(), map[WaitReason]WaitingCount{}}
	for reason, counter := range byReason {
		t.ByReason[reason] = counter.count()
	}
	return t, nil
}
