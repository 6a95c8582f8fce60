package ledger

import (
	"database/sql"
	"time"
)

// Start is what a run saves before its first request. A resumed run uses it unchanged.
type Start struct {
	Command string
	Typed   string    // what to type to resume
	Version string    // of the program
	Began   time.Time // to the second
	Now     time.Time // the run's own now
	Flags   string    // those that change what is sent, as a JSON object
	People  []byte    // a fingerprint of the people that the first pass found
	Rows    int64     // that the first pass found
	Sources []Source
	Teams   []int64 // PostHog projects of its rows; Store.Teams collects those of all runs
	UUIDs   UUIDs   // of its rows; Store.UUIDs collects those of all runs
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
	Ends        string // a fingerprint of its first and last bytes; empty if unknown
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
	Rejected Outcome = "rejects"  // done, with rejects
	Troubled Outcome = "trouble"  // done, except sources that could not be read to their ends
	Replaced Outcome = "replaced" // replaced by a later run
)

// Run is one run, as far as it has been saved. Save advances it.
type Run struct {
	Start
	ID      int64
	Phase   Phase
	Ended   time.Time // the zero time if there is something left to do
	Outcome Outcome
	Saved   time.Time // when it was last saved; the zero time before

	Positions map[Phase]Position
	Counters  []byte // as Save had them last; nil before

	store *Store
}

// ended notes that the run has ended and that this was saved.
func (r *Run) ended(end *Ending) { r.Ended, r.Outcome = end.At, end.Outcome }

// advanced notes that a step was saved.
func (r *Run) advanced(step *Step, at time.Time) {
	r.Phase, r.Positions[step.Phase], r.Counters, r.Saved = step.Phase, step.Position, step.Counters, at
}
