package ledger

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// KnownSource is a source as it was read by the last run that reached its end.
type KnownSource struct {
	Source
	Run    int64
	Number int       // among the sources of that run
	Now    time.Time // of that run
	Flags  string    // the same, as Start has them
}

// KnownSources yields the sources that runs have read to their ends, in no particular order, each as the last
// such run read it. An error is the last thing yielded.
func (s *Store) KnownSources(ctx context.Context) iter.Seq2[KnownSource, error] {
	return query[KnownSource]{
		doing: "reading the known sources in",
		// CROSS JOIN reads the sources of a run in the order in which they are stored: hundreds of thousands of
		// them are known to many states, and sorting them takes most of the time of a night with nothing new.
		text: `SELECT path, size, fingerprint, first, s.rows, trouble, modified, ends, run, number, now, flags
			FROM runs r CROSS JOIN sources s ON s.run = r.id WHERE r.ended IS NOT NULL AND r.outcome <> ?1 AND NOT EXISTS (
				SELECT 1 FROM sources t JOIN runs q ON q.id = t.run WHERE t.path = s.path AND t.run > s.run AND q.ended IS NOT NULL AND q.outcome <> ?1)`,
		scan: func(rows *sql.Rows) (k KnownSource, err error) {
			var now int64
			k.Source, err = scanSource(rows, &k.Run, &k.Number, &now, &k.Flags)
			k.Now = time.Unix(0, now).UTC()
			return k, err
		},
	}.each(ctx, s, Replaced)
}
