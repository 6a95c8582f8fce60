package export

import (
	"encoding/json"
	"fmt"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// merge packs the merges. With a ledger all are written down before the first is sent, and one that is known as done is
// never sent again.
func (r *run) merge(out *outbox) error {
	done, err := r.intend()
	if err != nil {
		return err
	}
	from := r.from[ledger.Merges]
	var body []byte
	next := uint64(0)
	for link := range r.learned.People.Links() {
		var o mapping.Outcome
		body, o = r.mappers[0].Link(body[:0], link)
		number := next
		next++
		switch {
		case from.Done(number) || done[number]:
		case o.Bucket == mapping.Send && r.learned.repeats.down.has(keyOfText(body)):
		case o.Bucket == mapping.Send:
			err = r.packLink(out, customerio.Operation{Body: body, Ref: number})
		case o.Bucket == mapping.Rejected && number >= from.Next:
			err = r.dropLink(out, link, o, number)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) packLink(out *outbox, op customerio.Operation) error {
	out.lock.Lock()
	r.tally.built[customerio.Merge]++
	r.keeper.took([]customerio.Operation{op}, op.Ref+1)
	out.lock.Unlock()
	return r.pack(out, op)
}

// dropLink counts a merge that cannot be sent.
func (r *run) dropLink(out *outbox, link people.Link, o mapping.Outcome, number uint64) error {
	out.lock.Lock()
	defer out.lock.Unlock()
	r.keeper.took(nil, number+1)
	one := &Reject{Reason: o.Reason, Detail: o.Detail + ": merge into " + mapping.ShortID(link.Person.DistinctID)}
	if one.key = keyOfText([]byte(one.Detail + "\x00" + link.Value)); r.learned.repeats.down.has(one.key) {
		return nil
	}
	r.mergesRejected[o.Reason]++
	return r.reject(number, one)
}

// intend writes down what is about to be merged, and tells which of it is done already, by number.
func (r *run) intend() (done map[uint64]bool, err error) {
	if r.plan.Ledger == nil {
		return nil, nil
	}
	var all []ledger.Merge
	var body []byte
	number := uint64(0)
	for link := range r.learned.People.Links() {
		var o mapping.Outcome
		if body, o = r.mappers[0].Link(body[:0], link); o.Bucket == mapping.Send {
			m, err := mergeOf(body)
			if err != nil {
				return nil, err
			}
			m.Number = number
			all = append(all, m)
		}
		number++
	}
	if err := r.plan.Ledger.Intend(r.reading, all, time.Now()); err != nil {
		return nil, err
	}
	r.merges, done = map[uint64]int64{}, map[uint64]bool{}
	for _, m := range all {
		r.merges[m.Number] = m.ID
		if m.Done {
			done[m.Number] = true
		}
	}
	return done, nil
}

// mergeOf reads the two profiles out of a merge.
func mergeOf(operation []byte) (m ledger.Merge, err error) {
	var op struct{ Primary, Secondary json.RawMessage }
	if err := json.Unmarshal(operation, &op); err != nil {
		return m, fmt.Errorf("read a merge of our own: %w", err)
	}
	m.PrimaryKind, m.Primary = nameOf(op.Primary)
	m.SecondaryKind, m.Secondary = nameOf(op.Secondary)
	return m, nil
}
