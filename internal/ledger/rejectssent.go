package ledger

import (
	"context"
	"database/sql"
	"slices"
)

// OpenEvents are the events of rejected rows that are open. The zero value has none. Any number of goroutines
// may use them while nothing changes them.
type OpenEvents struct {
	sorted []Key // those whose day is not known have day 0
}

// OpenEvents returns the events of all rejected rows that are open.
func (s *Store) OpenEvents(ctx context.Context) (o OpenEvents, err error) {
	o.sorted, err = query[Key]{doing: "reading the rejects in", text: selectOpenEvents, scan: scanKey}.all(ctx, s)
	return o, err
}

// Empty reports whether no such row is open.
func (o *OpenEvents) Empty() bool { return len(o.sorted) == 0 }

// Has reports whether a row of an event, which has this ID, was rejected and is open.
func (o *OpenEvents) Has(event Key) bool {
	_, found := o.find(event)
	return found
}

// find returns the ID under which an event stands among those that were rejected.
func (o *OpenEvents) find(event Key) (rejected Key, found bool) {
	for range 2 {
		if _, found := slices.BinarySearchFunc(o.sorted, event, func(a, b Key) int { return a.Compare(&b) }); found {
			return event, true
		}
		clear(event[:stampSize])
	}
	return Key{}, false
}

// Correction is a row that waits, of an event of which an earlier run has rejected a row.
type Correction struct {
	Event Key // the event's ID
	Row   Key // as Reject.Key
}

// closeSent closes the rejects of the events that were sent in a step, or that wait in a row which was not
// rejected itself, after the rejects of the step are saved. A rejected row whose day is not known, since its
// time is unusable, is a version of an event that has the same uuid, name and distinct ID on any day.
func (r *Run) closeSent(tx *sql.Tx, step *Step) error {
	if len(step.Sent)+len(step.Corrections) == 0 {
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
	for i := range step.Sent {
		if err := r.closeEvent(tx, step.Sent[i].Key, Key{}); err != nil {
			return err
		}
	}
	for _, one := range step.Corrections {
		if err := r.closeEvent(tx, one.Event, one.Row); err != nil {
			return err
		}
	}
	return nil
}

// closeEvent closes the rejects of an event, but for the row with the key besides.
func (r *Run) closeEvent(tx *sql.Tx, event, besides Key) error {
	rejected, found := r.open.find(event)
	if !found {
		return nil
	}
	_, err := tx.Exec("UPDATE rejects SET sent = ? WHERE event = ? AND key IS NOT ? AND "+isOpen, r.ID, rejected[:], besides[:])
	return err
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

func (o *OpenEvents) add(event Key) { o.sorted = append(o.sorted, event) }

func (o *OpenEvents) sort() {
	slices.SortFunc(o.sorted, func(a, b Key) int { return a.Compare(&b) })
	o.sorted = slices.Compact(o.sorted)
}

const selectOpenEvents = "SELECT DISTINCT event FROM rejects WHERE event IS NOT NULL AND " + isOpen + " ORDER BY event"

func readOpenEvents(tx *sql.Tx) (*OpenEvents, error) {
	rows, err := tx.QueryContext(context.Background(), selectOpenEvents)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	open := &OpenEvents{}
	for rows.Next() {
		event, err := scanKey(rows)
		if err != nil {
			return nil, err
		}
		open.add(event)
	}
	return open, rows.Err()
}

// closeIdentified closes the rejects of people who were sent in a step, by their kept distinct IDs at that
// time. In the phase of emails it also closes those of emails.
func (r *Run) closeIdentified(tx *sql.Tx, step *Step) error {
	for _, id := range step.Identified {
		_, err := tx.Exec("UPDATE rejects SET sent = ? WHERE person = ? AND phase IN (?, ?) AND retried IS NULL AND sent IS NULL", r.ID, id, People, step.Phase)
		if err != nil {
			return err
		}
	}
	return nil
}
