package ledger

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// KnownSource is a source as it was read by a run that reached its end.
type KnownSource struct {
	Source
	Run    int64
	Number int       // among the sources of that run
	Now    time.Time // of that run
	Flags  string    // the same, as Start has them
}

// KnownSources yields the sources that runs have read to their ends, in the order of the runs. One that
// several runs have read comes several times, last as the last of them read it. An error is the last thing
// yielded.
func (s *Store) KnownSources(ctx context.Context) iter.Seq2[KnownSource, error] {
	const doing = "reading the known sources in"
	type ofRun struct {
		id    int64
		now   time.Time
		flags string
	}
	runs := query[ofRun]{
		doing: doing, text: "SELECT id, now, flags FROM runs WHERE ended IS NOT NULL AND outcome <> ?",
		scan: func(rows *sql.Rows) (r ofRun, err error) {
			var now int64
			err = rows.Scan(&r.id, &now, &r.flags)
			r.now = time.Unix(0, now).UTC()
			return r, err
		},
	}
	// There may be hundreds of thousands of sources. They come in the order in which they are stored, since
	// sorting them would take most of the time of a night with nothing new.
	sources := query[KnownSource]{
		doing: doing, text: "SELECT path, size, fingerprint, first, rows, trouble, modified, ends, run, number FROM sources ORDER BY run, number",
		scan: func(rows *sql.Rows) (k KnownSource, err error) {
			k.Source, err = scanSource(rows, &k.Run, &k.Number)
			return k, err
		},
	}
	return func(yield func(KnownSource, error) bool) {
		ended := map[int64]ofRun{}
		for one, err := range runs.each(ctx, s, Replaced) {
			if err != nil {
				yield(KnownSource{}, err)
				return
			}
			ended[one.id] = one
		}
		for one, err := range sources.each(ctx, s) {
			run, is := ended[one.Run]
			if err == nil && !is {
				continue
			}
			one.Now, one.Flags = run.now, run.flags
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}
