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

// KnownSources yields the sources that runs have read to their ends, in the order of their paths, each as the
// last such run read it. An error is the last thing yielded.
func (s *Store) KnownSources(ctx context.Context) iter.Seq2[KnownSource, error] {
	return query[KnownSource]{
		doing: "reading the known sources in",
		text: `SELECT path, size, fingerprint, first, rows, trouble, modified, ends, run, number, now, flags FROM (
			SELECT s.*, r.now, r.flags, row_number() OVER (PARTITION BY path ORDER BY run DESC) AS newest
			FROM sources s JOIN runs r ON r.id = s.run WHERE r.ended IS NOT NULL AND r.outcome <> ?)
		WHERE newest = 1 ORDER BY path`,
		scan: func(rows *sql.Rows) (k KnownSource, err error) {
			var now int64
			k.Source, err = scanSource(rows, &k.Run, &k.Number, &now, &k.Flags)
			k.Now = time.Unix(0, now).UTC()
			return k, err
		},
	}.each(ctx, s, Replaced)
}
