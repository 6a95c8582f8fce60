package ledger

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
)

// Waiting is a person whose rows in a source were skipped for now. A later run may send them.
type Waiting struct {
	Source int // its number among those of the run
	ID     Key // a hash of the distinct ID, made with the seed of Restorable
}

func (w *Waiting) compare(o *Waiting) int {
	if w.Source != o.Source {
		return w.Source - o.Source
	}
	return w.ID.Compare(&o.ID)
}

// saveWaiting saves the people whose rows wait since a step. They are saved in parts like keys, see
// maxKeysInPart. Within a part each person comes once.
func (r *Run) saveWaiting(tx *sql.Tx, waiting []Waiting) error {
	slices.SortFunc(waiting, func(a, b Waiting) int { return a.compare(&b) })
	waiting = slices.Compact(waiting)
	for len(waiting) > 0 {
		source, n := waiting[0].Source, 1
		for n < len(waiting) && waiting[n].Source == source {
			n++
		}
		ids := make([]Key, n)
		for i := range ids {
			ids[i] = waiting[i].ID
		}
		if err := saveWaitingIn(tx, r.ID, source, ids); err != nil {
			return err
		}
		waiting = waiting[n:]
	}
	return nil
}

// saveWaitingIn saves the people whose rows wait in one source of a run. It changes ids.
func saveWaitingIn(tx *sql.Tx, run int64, source int, ids []Key) error {
	var part int64
	for {
		var kept []byte
		err := tx.QueryRow("SELECT part, ids FROM owed WHERE run = ? AND source = ? ORDER BY part DESC LIMIT 1", run, source).Scan(&part, &kept)
		if errors.Is(err, sql.ErrNoRows) {
			break
		}
		if err != nil {
			return err
		}
		if count := len(kept) / keySize; count > len(ids) || count+len(ids) > maxKeysInPart {
			part++
			break
		}
		for id := range eachID(kept) {
			ids = append(ids, id)
		}
		slices.SortFunc(ids, func(a, b Key) int { return a.Compare(&b) })
		ids = slices.Compact(ids)
		if _, err := tx.Exec("DELETE FROM owed WHERE run = ? AND source = ? AND part = ?", run, source, part); err != nil {
			return err
		}
	}
	all := make([]byte, 0, len(ids)*keySize)
	for i := range ids {
		all = append(all, ids[i][:]...)
	}
	_, err := tx.Exec("INSERT INTO owed VALUES (?, ?, ?, ?)", run, source, part, all)
	return err
}

func eachID(b []byte) iter.Seq[Key] {
	return func(yield func(Key) bool) {
		for one := range slices.Chunk(b, keySize) {
			if !yield(Key(one)) {
				return
			}
		}
	}
}

// WaitingIn yields the Waiting.ID of each person whose rows wait in one source of a run. Some may come twice.
// An error is the last thing yielded.
func (s *Store) WaitingIn(ctx context.Context, run int64, source int) iter.Seq2[Key, error] {
	parts := query[[]byte]{
		doing: "reading the waiting rows in",
		text:  "SELECT ids FROM owed WHERE run = ? AND source = ? ORDER BY part",
		scan: func(rows *sql.Rows) (b []byte, err error) {
			if err = rows.Scan(&b); err == nil && len(b)%keySize != 0 {
				err = errKeys
			}
			return b, err
		},
	}.each(ctx, s, run, source)
	return func(yield func(Key, error) bool) {
		for part, err := range parts {
			if err != nil {
				yield(Key{}, err)
				return
			}
			for id := range eachID(part) {
				if !yield(id, nil) {
					return
				}
			}
		}
	}
}

// WaitingSource is a source of a run in which rows wait.
type WaitingSource struct {
	Source
	Run    int64
	Number int    // among the sources of that run
	Flags  string // of that run, as Start has them
}

// WaitingSources yields the sources with waiting rows of all runs except besides, which is 0 for no
// exception. They come in the order of their paths, the newest run first for each path. An error is the last
// thing yielded.
func (s *Store) WaitingSources(ctx context.Context, besides int64) iter.Seq2[WaitingSource, error] {
	return query[WaitingSource]{
		doing: "reading the waiting rows in",
		text: `SELECT s.path, s.size, s.fingerprint, s.first, s.rows, s.trouble, s.modified, s.ends, s.recent, s.run, s.number, r.flags
		FROM (SELECT DISTINCT run, source FROM owed WHERE run <> ?) o
		JOIN sources s ON s.run = o.run AND s.number = o.source JOIN runs r ON r.id = s.run ORDER BY s.path, s.run DESC`,
		scan: func(rows *sql.Rows) (w WaitingSource, err error) {
			w.Source, err = scanSource(rows, &w.Run, &w.Number, &w.Flags)
			return w, err
		},
	}.each(ctx, s, besides)
}

// StillWaiting is a source of an earlier run in which only the rows of the people in Keep still wait.
type StillWaiting struct {
	Run    int64
	Number int
	Keep   []Key // sorted, without duplicates
}

// releaseWaiting deletes the people who are not in Keep.
func releaseWaiting(ctx context.Context, tx *sql.Tx, sources []StillWaiting) error {
	for _, one := range sources {
		if _, err := tx.ExecContext(ctx, "DELETE FROM owed WHERE run = ? AND source = ?", one.Run, one.Number); err != nil {
			return err
		}
		for part := range slices.Chunk(one.Keep, maxKeysInPart) {
			if err := saveWaitingIn(tx, one.Run, one.Number, slices.Clone(part)); err != nil {
				return err
			}
		}
	}
	return nil
}

// WaitingBefore reports whether rows wait that were read by a run before the given one.
func (s *Store) WaitingBefore(ctx context.Context, run int64) (waiting bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM owed WHERE run < ?)", run).Scan(&waiting)
	return waiting, s.wrapError("looking for waiting rows in", err)
}
