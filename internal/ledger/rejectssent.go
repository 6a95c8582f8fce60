package ledger

import (
	"context"
	"database/sql"
	"slices"
)

// openEvents are the events of rows that were rejected and have not been sent since in any version.
type openEvents struct {
	sorted []Key // those whose day is not known have day 0
}

// has returns the ID under which an event that was sent stands among those that were rejected.
func (o *openEvents) has(sent Key) (rejected Key, found bool) {
	for range 2 {
		if _, found := slices.BinarySearchFunc(o.sorted, sent, func(a, b Key) int { return a.Compare(&b) }); found {
			return sent, true
		}
		clear(sent[:stampSize])
	}
	return Key{}, false
}

// closeSent closes the rejects of the events that were sent in a step, after the rejects of the step are
// saved. A rejected row whose day is not known, since its time is unusable, is a version of an event that has
// the same uuid, name and distinct ID on any day.
func (r *Run) closeSent(tx *sql.Tx, sent []Sent) error {
	if len(sent) == 0 {
		return nil
	}
	if r.open == nil {
		open, err := readOpenEvents(tx)
		if err != nil {
			return err
		}
		r.open = open
	}
	if len(r.open.sorted) == 0 {
		return nil
	}
	for i := range sent {
		event, found := r.open.has(sent[i].Key)
		if !found {
			continue
		}
		if _, err := tx.Exec("UPDATE rejects SET sent = ? WHERE event = ? AND "+isOpen, r.ID, event[:]); err != nil {
			return err
		}
	}
	return nil
}

// noteRejected adds the events of rejects that were saved to those that are still to be sent.
func (r *Run) noteRejected(rejects []Reject) {
	if r.open == nil {
		return
	}
	before := len(r.open.sorted)
	for i := range rejects {
		if one := &rejects[i]; one.Event != (Key{}) && !one.Closed {
			r.open.add(one.Event)
		}
	}
	if len(r.open.sorted) > before {
		r.open.sort()
	}
}

func (o *openEvents) add(event Key) { o.sorted = append(o.sorted, event) }

func (o *openEvents) sort() {
	slices.SortFunc(o.sorted, func(a, b Key) int { return a.Compare(&b) })
	o.sorted = slices.Compact(o.sorted)
}

func readOpenEvents(tx *sql.Tx) (*openEvents, error) {
	rows, err := tx.QueryContext(context.Background(), "SELECT DISTINCT event FROM rejects WHERE event IS NOT NULL AND "+isOpen+" ORDER BY event")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	open := &openEvents{}
	for rows.Next() {
		event, err := scanKey(rows)
		if err != nil {
			return nil, err
		}
		open.add(event)
	}
	return open, rows.Err()
}

// closeIdentified closes the rejects of people who were sent in a step, by their kept distinct IDs at that time.
// In the phase of emails it also closes those of emails.
func (r *Run) closeIdentified(tx *sql.Tx, step *Step) error {
	for _, id := range step.Identified {
		_, err := tx.Exec("UPDATE rejects SET sent = ? WHERE person = ? AND phase IN (?, ?) AND retried IS NULL AND sent IS NULL", r.ID, id, People, step.Phase)
		if err != nil {
			return err
		}
	}
	return nil
}
