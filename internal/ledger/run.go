package ledger

import (
	"database/sql"
	"time"
)

// Start is what a run saves before its first request. When the run is resumed it uses this as it is.
type Start struct {
	Command string
	Typed   string    // what to type to resume
	Version string    // of the program
	Began   time.Time // to the second
	Now     time.Time // the run's own now
	Flags   string    // those that change what is sent, as a JSON object
	People  []byte    // stands for the people that the first reading found
	Rows    int64     // that the first reading found
	Sources []Source
	Teams   []int64 // PostHog projects that its rows are of; kept for all runs together, see Store.Teams
	UUIDs   UUIDs   // of its rows; kept for all runs together, see Store.UUIDs
}

// Source is one file of a run.
type Source struct {
	Path        string // absolute
	Size        int64  // bytes on disk
	Fingerprint string // of its rows
	First       uint64 // number of its first row in reading order over all sources
	Rows        int64
	Trouble     string // why it was not read to its end
	Modified    int64  // unix nanoseconds; 0 when unknown
	Recent      int64  // rows that are held because they are recent
	Ends        string // stands for its first and last bytes; empty when unknown
}

// scanSource reads a source, and what else was asked for behind it.
func scanSource(rows *sql.Rows, more ...any) (one Source, err error) {
	var first int64
	var trouble sql.NullString
	var modified sql.NullInt64
	var ends sql.NullString
	into := append([]any{&one.Path, &one.Size, &one.Fingerprint, &first, &one.Rows, &trouble, &modified, &ends, &one.Recent}, more...)
	err = rows.Scan(into...)
	one.First, one.Trouble, one.Modified, one.Ends = uint64(first), trouble.String, modified.Int64, ends.String
	return one, err
}

// Outcome is how a run ended.
type Outcome string

const (
	Done     Outcome = "done"
	Rejected Outcome = "rejects"  // done, but for rejects
	Troubled Outcome = "trouble"  // done, but for sources that could not be read to their ends
	Replaced Outcome = "replaced" // another run was begun in its place
)

// Run is one run, as far as it has been saved. Save moves it on; its other methods may be used before or after.
type Run struct {
	Start
	ID      int64
	Phase   Phase
	Ended   time.Time // the zero time while there is something left to do
	Outcome Outcome
	Saved   time.Time // when it was last saved; the zero time before

	Positions map[Phase]Position
	Counters  []byte // as Save had them last; nil before

	store *Store
}
