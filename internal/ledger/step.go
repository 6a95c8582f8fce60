package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Step is what a run has done since it was last saved, in one phase.
type Step struct {
	Phase    Phase
	Position Position
	Counters []byte // of the whole run so far, a JSON object
	Rejects  []Reject
	People   []byte    // accepted, one AppendPerson after another
	Count    int       // how many People are
	Merged   []int64   // Merge.ID of those done
	Waiting  []Waiting // Save sorts them
	Sent     []Sent    // events that were accepted; Save sorts them
	Newest   int64     // time of the newest of them, as it was sent, unix seconds; 0 for none
}

// Save saves a step in one transaction, at the given time: if the process is killed at any instant, the step
// is saved completely or not at all. Save takes some milliseconds and cannot be cancelled. Its error is a
// *StateError, after which nothing may be sent or saved.
func (r *Run) Save(step *Step, at time.Time) error {
	err := r.store.transaction(context.Background(), func(tx *sql.Tx) error { return r.save(tx, step, at.Unix()) })
	if err != nil {
		return r.store.wrapError("saving the progress of the run in", err)
	}
	r.advanced(step, at)
	return nil
}

func (r *Run) save(tx *sql.Tx, step *Step, at int64) error {
	if r.Phase != step.Phase {
		if _, err := tx.Exec("UPDATE runs SET phase = ? WHERE id = ?", step.Phase, r.ID); err != nil {
			return err
		}
	}
	_, err := tx.Exec("INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?, ?, ?)",
		r.ID, step.Phase, int64(step.Position.Next), step.Position.encode(), string(step.Counters), at)
	if err != nil {
		return err
	}
	if step.Count > 0 {
		_, err := tx.Exec("INSERT INTO people (run, saved, count, people) VALUES (?, ?, ?, ?)", r.ID, at, step.Count, step.People)
		if err != nil {
			return err
		}
	}
	for _, id := range step.Merged {
		if _, err := tx.Exec("UPDATE merges SET done = ? WHERE id = ?", at, id); err != nil {
			return err
		}
	}
	if err := errors.Join(r.saveSent(tx, step.Sent), saveNewest(tx, step.Newest, at), r.saveWaiting(tx, step.Waiting)); err != nil {
		return err
	}
	return r.saveRejects(tx, step.Rejects)
}
