package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Step is what a run has done since it was last saved, in one phase.
type Step struct {
	Phase       Phase
	Position    Position
	Counters    []byte // of the whole run so far, a JSON object
	Rejects     []Reject
	People      []byte       // those whose identify was accepted, one AppendPerson after another
	Count       int          // how many People are
	Merged      []int64      // Merge.ID of each merge that was done
	Waiting     []Waiting    // Save sorts them
	Corrections []Correction // rows of Waiting whose events have other rows that were rejected
	Sent        []Sent       // events that were accepted; Save sorts them
	Identified  []string     // kept distinct IDs, as they were then, of rejected people who are sent now
	Newest      int64        // time of the newest of Sent, as it was sent, unix seconds; 0 for none
}

// AddPerson adds a person whose identify was accepted.
func (s *Step) AddPerson(p *Person) {
	s.People = AppendPerson(s.People, p)
	s.Count++
}

// AddIdentified adds rejected people who are sent, or whose identify need not be sent any more, by the kept
// distinct IDs that they had when they were rejected.
func (s *Step) AddIdentified(ids []string) { s.Identified = append(s.Identified, ids...) }

// AddMerged adds a merge that was done, by its Merge.ID.
func (s *Step) AddMerged(id int64) { s.Merged = append(s.Merged, id) }

// AddSent adds an event that was accepted. at is the time that it was sent with, in unix seconds.
func (s *Step) AddSent(one Sent, at int64) {
	s.Sent = append(s.Sent, one)
	s.Newest = max(s.Newest, at)
}

// AddReject adds a row or operation that could not be sent.
func (s *Step) AddReject(r Reject) { s.Rejects = append(s.Rejects, r) }

// AddWaiting adds rows that wait for a later run.
func (s *Step) AddWaiting(rows []Waiting) { s.Waiting = append(s.Waiting, rows...) }

// AddCorrections adds rows that wait, of events of which earlier runs have rejected other rows.
func (s *Step) AddCorrections(rows []Correction) { s.Corrections = append(s.Corrections, rows...) }

// Complete returns the step with the phase that it is of, how far that has come, and the counters of the run.
func (s *Step) Complete(phase Phase, position Position, counters []byte) *Step {
	complete := *s
	complete.Phase, complete.Position, complete.Counters = phase, position, counters
	return &complete
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
	if err := r.saveRejects(tx, step.Rejects); err != nil {
		return err
	}
	r.noteRejected(step.Rejects)
	return errors.Join(r.closeSent(tx, step), r.closeIdentified(tx, step))
}
