package ledger

import (
	"context"
	"database/sql"
	"iter"
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

// Outcome says how a run ended.
type Outcome string

const (
	Done     Outcome = "done"     // all sent, without rejects
	Rejected Outcome = "rejects"  // all sent, except rejects
	Troubled Outcome = "trouble"  // all sent, except sources that could not be read to their ends
	Replaced Outcome = "replaced" // replaced by a later run
)

// Run is one run as the ledger has it. Save and Finish change it.
type Run struct {
	Start
	ID      int64
	Phase   Phase
	Ended   time.Time // the zero time if there is something left to do
	Outcome Outcome
	Saved   time.Time // when Save last saved it; the zero time before

	Positions map[Phase]Position
	Counters  []byte // of the last Step that was saved; nil before

	store *Store
	open  *OpenEvents // nil until it is needed
}

// ended notes that the run has ended and that this was saved.
func (r *Run) ended(end *Ending) { r.Ended, r.Outcome = end.At, end.Outcome }

// advanced notes that a step was saved.
func (r *Run) advanced(step *Step, at time.Time) {
	r.Phase, r.Positions[step.Phase], r.Counters, r.Saved = step.Phase, step.Position, step.Counters, at
}

// PeopleSent yields the people whose identify this run has had accepted, as often as it was. The run must not have
// ended. An error is the last thing yielded.
func (r *Run) PeopleSent(ctx context.Context) iter.Seq2[Person, error] {
	return r.store.people(ctx, "SELECT people FROM people WHERE run = ? ORDER BY id", r.ID)
}

// scanRun reads what the table of runs has of a run.
func (s *Store) scanRun(rows *sql.Rows) (*Run, error) {
	r := &Run{store: s, Positions: map[Phase]Position{}}
	var began, now int64
	var ended sql.NullInt64
	var outcome sql.NullString
	err := rows.Scan(&r.ID, &r.Command, &r.Typed, &r.Version, &began, &now, &r.Flags, &r.People, &r.Rows, &r.Phase, &ended, &outcome)
	r.Began, r.Now, r.Outcome = time.Unix(began, 0).UTC(), time.Unix(0, now).UTC(), Outcome(outcome.String)
	if ended.Valid {
		r.Ended = time.Unix(ended.Int64, 0).UTC()
	}
	return r, err
}

// readSources reads the sources of a run.
func (r *Run) readSources(ctx context.Context) (err error) {
	r.Sources, err = r.store.sourcesOf(ctx, r.ID)
	return err
}

// readPositions reads how far the phases of a run have come.
func (r *Run) readPositions(ctx context.Context) error {
	positions := query[savedPosition]{
		doing: "reading the runs in",
		text:  "SELECT phase, next, open, counters, saved FROM positions WHERE run = ? ORDER BY phase",
		scan:  scanPosition,
	}
	for p, err := range positions.each(ctx, r.store, r.ID) {
		if err != nil {
			return err
		}
		r.Positions[p.phase], r.Counters, r.Saved = p.position, p.counters, p.at
	}
	return nil
}

// savedPosition is how far one phase of a run had come when it was last saved.
type savedPosition struct {
	phase    Phase
	position Position
	counters []byte
	at       time.Time
}

func scanPosition(rows *sql.Rows) (p savedPosition, err error) {
	var next, at int64
	var open []byte
	if err := rows.Scan(&p.phase, &next, &open, &p.counters, &at); err != nil {
		return p, err
	}
	spans, err := decodeSpans(open)
	p.position, p.at = Position{uint64(next), spans}, time.Unix(at, 0).UTC()
	return p, err
}
