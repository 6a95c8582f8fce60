package ledger

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
)

// Owed is somebody whose rows in a source were skipped only because nobody knew them.
type Owed struct {
	Source int // its number in the run
	ID     Key // a hash of the distinct ID, as what runs have learnt has it
}

func (o *Owed) compare(p *Owed) int {
	if o.Source != p.Source {
		return o.Source - p.Source
	}
	return o.ID.Compare(&p.ID)
}

// saveOwed keeps whom a step owes. They are kept in parts as keys are, see mostInPart; in each of them everybody is once.
func (r *Run) saveOwed(tx *sql.Tx, owed []Owed) error {
	slices.SortFunc(owed, func(a, b Owed) int { return a.compare(&b) })
	owed = slices.Compact(owed)
	for len(owed) > 0 {
		source, n := owed[0].Source, 1
		for n < len(owed) && owed[n].Source == source {
			n++
		}
		ids := make([]Key, n)
		for i := range ids {
			ids[i] = owed[i].ID
		}
		if err := saveOwedOf(tx, r.ID, source, ids); err != nil {
			return err
		}
		owed = owed[n:]
	}
	return nil
}

func saveOwedOf(tx *sql.Tx, run int64, source int, ids []Key) error {
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
		if count := len(kept) / keySize; count > len(ids) || count+len(ids) > mostInPart {
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

// OwedOf yields whom a run owes in one of its sources; somebody may come twice. An error is the last thing yielded.
func (s *Store) OwedOf(ctx context.Context, run int64, source int) iter.Seq2[Key, error] {
	parts := query(ctx, s, "reading the waiting rows in", func(rows *sql.Rows) (b []byte, err error) {
		if err = rows.Scan(&b); err == nil && len(b)%keySize != 0 {
			err = errKeys
		}
		return b, err
	}, "SELECT ids FROM owed WHERE run = ? AND source = ? ORDER BY part", run, source)
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

// OwedSource is a source of a run in which rows are owed.
type OwedSource struct {
	Source
	Run    int64
	Number int    // among the sources of that run
	Flags  string // of that run, as Start has them
}

// OwedSources yields the sources in which runs owe rows, but for those of one run, 0 for none, in the order of their paths, and of a
// path the newest run first. An error is the last thing yielded.
func (s *Store) OwedSources(ctx context.Context, besides int64) iter.Seq2[OwedSource, error] {
	return query(ctx, s, "reading the waiting rows in", func(rows *sql.Rows) (o OwedSource, err error) {
		o.Source, err = scanSource(rows, &o.Run, &o.Number, &o.Flags)
		return o, err
	}, `SELECT s.path, s.size, s.fingerprint, s.first, s.rows, s.trouble, s.modified, s.ends, s.recent, s.run, s.number, r.flags
		FROM (SELECT DISTINCT run, source FROM owed WHERE run <> ?) o
		JOIN sources s ON s.run = o.run AND s.number = o.source JOIN runs r ON r.id = s.run ORDER BY s.path, s.run DESC`, besides)
}

// SettledOwed is a source of an earlier run in which nobody is owed any more but those in Keep.
type SettledOwed struct {
	Run    int64
	Number int
	Keep   []Key // sorted, everybody once
}

// settleOwed lets go of what is not owed any more.
func settleOwed(ctx context.Context, tx *sql.Tx, settled []SettledOwed) error {
	for _, one := range settled {
		if _, err := tx.ExecContext(ctx, "DELETE FROM owed WHERE run = ? AND source = ?", one.Run, one.Number); err != nil {
			return err
		}
		for part := range slices.Chunk(one.Keep, mostInPart) {
			if err := saveOwedOf(tx, one.Run, one.Number, slices.Clone(part)); err != nil {
				return err
			}
		}
	}
	return nil
}

// OwesBefore reports whether anything is owed by runs before one.
func (s *Store) OwesBefore(ctx context.Context, run int64) (owes bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM owed WHERE run < ?)", run).Scan(&owes)
	return owes, s.trouble("looking for waiting rows in", err)
}
