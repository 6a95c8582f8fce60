package ledger

import (
	"context"
	"database/sql"
	"iter"
	"slices"
)

// Waiting is a row of a source of this run that waits.
type Waiting struct {
	Source int // its number among those of the run
	Wait
}

// saveWaiting saves the rows that wait since a step. It sorts waiting.
func (r *Run) saveWaiting(tx *sql.Tx, waiting []Waiting) error {
	slices.SortStableFunc(waiting, func(a, b Waiting) int { return a.Source - b.Source })
	var all []Wait
	for i := range waiting {
		source := waiting[i].Source
		all = append(all, waiting[i].Wait)
		if i+1 < len(waiting) && waiting[i+1].Source == source {
			continue
		}
		if err := saveWaits(tx, WaitingIn{r.ID, source, r.ID}, all); err != nil {
			return err
		}
		all = all[:0]
	}
	return nil
}

// WaitingIn says where rows wait, and by whose flags. Flags differ from run to run, and a run that finds
// waiting rows in another source than before may itself leave them out.
type WaitingIn struct {
	Run    int64 // that has read the source
	Number int   // of the source among those of that run
	Rules  int64 // the run whose flags say which rows of the source wait: Run or an earlier one
}

// WaitingSource is a source of a run in which rows wait.
type WaitingSource struct {
	Source
	WaitingIn
	Flags  string // of the run Rules, as Start has them
	Missed int64  // when a run first found it gone, unix seconds; 0 for never
}

// WaitingSources yields the sources with waiting rows of all runs except besides, which is 0 for no
// exception, each once for each run by whose flags rows wait, in no order. An error is the last thing yielded.
func (s *Store) WaitingSources(ctx context.Context, besides int64) iter.Seq2[WaitingSource, error] {
	return query[WaitingSource]{
		doing: "reading the waiting rows in",
		text: `SELECT s.path, s.size, s.fingerprint, s.first, s.rows, s.trouble, s.modified, s.ends, w.run, w.source, w.rules, r.flags,
			coalesce(s.missed, 0)
		FROM (SELECT DISTINCT run, source, rules FROM waiting WHERE run <> ?) w
		JOIN sources s ON s.run = w.run AND s.number = w.source JOIN runs r ON r.id = w.rules`,
		scan: func(rows *sql.Rows) (w WaitingSource, err error) {
			w.Source, err = scanSource(rows, &w.Run, &w.Number, &w.Rules, &w.Flags, &w.Missed)
			return w, err
		},
	}.each(ctx, s, besides)
}

// WaitingPath is the path of a source with waiting rows.
type WaitingPath struct {
	Path   string
	Due    int64 // the earliest Wait.Due of its rows; 0 if none of them wait only for a time
	Missed int64 // when a run first found it gone, unix seconds; 0 for never
}

// WaitingPaths yields the paths of all sources with waiting rows. A path may come several times. An error is
// the last thing yielded.
func (s *Store) WaitingPaths(ctx context.Context) iter.Seq2[WaitingPath, error] {
	return query[WaitingPath]{
		doing: "looking for waiting rows in",
		text:  `SELECT s.path, w.due, coalesce(s.missed, 0) FROM waiting w JOIN sources s ON s.run = w.run AND s.number = w.source`,
		scan: func(rows *sql.Rows) (w WaitingPath, err error) {
			err = rows.Scan(&w.Path, &w.Due, &w.Missed)
			return w, err
		},
	}.each(ctx, s)
}

// Waits yields the rows that wait in a source. A row may come twice. An error is the last thing yielded.
func (s *Store) Waits(ctx context.Context, in WaitingIn) iter.Seq2[Wait, error] {
	parts := query[[]byte]{
		doing: "reading the waiting rows in",
		text:  "SELECT waits FROM waiting WHERE run = ? AND source = ? AND rules = ? ORDER BY part",
		scan:  scanValue[[]byte],
	}.each(ctx, s, in.Run, in.Number, in.Rules)
	return func(yield func(Wait, error) bool) {
		for part, err := range parts {
			if err != nil {
				yield(Wait{}, err)
				return
			}
			for one, err := range eachWait(part) {
				if !yield(one, s.wrapError("reading the waiting rows in", err)) || err != nil {
					return
				}
			}
		}
	}
}

// WaitingPart has some of the rows that wait in a source of a run.
type WaitingPart struct {
	Path string
	Run  int64

	waits []byte
}

// Rows yields the rows. An error is the last thing yielded.
func (p *WaitingPart) Rows() iter.Seq2[Wait, error] { return eachWait(p.waits) }

// WaitingParts yields all rows that wait, except those of the run besides, which is 0 for no exception. An
// error is the last thing yielded. The store must not be used until the loop over the parts has ended.
func (s *Store) WaitingParts(ctx context.Context, besides int64) iter.Seq2[WaitingPart, error] {
	return query[WaitingPart]{
		doing: "reading the waiting rows in",
		text:  "SELECT s.path, w.run, w.waits FROM waiting w JOIN sources s ON s.run = w.run AND s.number = w.source WHERE w.run <> ?",
		scan: func(rows *sql.Rows) (p WaitingPart, err error) {
			err = rows.Scan(&p.Path, &p.Run, &p.waits)
			return p, err
		},
	}.each(ctx, s, besides)
}

// StillWaiting is a source of a run in which only some rows still wait, or, with Adds, some more.
type StillWaiting struct {
	WaitingIn
	Keep []Wait // Run.Finish sorts them
	// Gone says that the source is not there any more. If it comes back, a sync reads it as if it were new.
	// With Keep, Missed is when it was found gone, in unix seconds; the first such time is saved.
	Gone   bool
	Missed int64
	Adds   bool // Keep waits in addition to what waits there
}

// releaseWaiting replaces the rows that wait in sources by those of Keep.
func releaseWaiting(ctx context.Context, tx *sql.Tx, sources []StillWaiting) error {
	for _, one := range sources {
		if err := releaseIn(ctx, tx, &one); err != nil {
			return err
		}
	}
	return nil
}

func releaseIn(ctx context.Context, tx *sql.Tx, one *StillWaiting) (err error) {
	if !one.Adds {
		_, err = tx.ExecContext(ctx, "DELETE FROM waiting WHERE run = ? AND source = ? AND rules = ?", one.Run, one.Number, one.Rules)
	}
	if err == nil && one.Gone {
		_, err = tx.ExecContext(ctx, `UPDATE sources SET modified = NULL
			WHERE path = (SELECT path FROM sources WHERE run = ? AND number = ?)`, one.Run, one.Number)
	}
	if err == nil && len(one.Keep) > 0 && !one.Adds {
		missed := sql.NullInt64{Int64: one.Missed, Valid: one.Gone}
		_, err = tx.ExecContext(ctx, "UPDATE sources SET missed = CASE WHEN ?3 IS NULL THEN NULL ELSE coalesce(missed, ?3) END WHERE run = ?1 AND number = ?2",
			one.Run, one.Number, missed)
	}
	if err == nil && len(one.Keep) > 0 {
		err = saveWaits(tx, one.WaitingIn, one.Keep)
	}
	return err
}

// WaitingBefore reports whether rows wait that were read by a run before the given one.
func (s *Store) WaitingBefore(ctx context.Context, run int64) (waiting bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM waiting WHERE run < ?)", run).Scan(&waiting)
	return waiting, s.wrapError("looking for waiting rows in", err)
}
