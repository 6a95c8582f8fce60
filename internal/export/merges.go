package export

import (
	"cmp"
	"iter"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// merging is one merge that is asked for.
type merging struct {
	number  uint64
	body    []byte // borrowed until the next
	outcome mapping.Outcome
	into    string                // the distinct ID of whom it is merged into
	person  *people.Person        // the same, nil for one that only the plan has
	profile customerio.Identifier // what is merged
}

// mergings are the merges that people ask for, and those that the plan has beside.
func (r *run) mergings() iter.Seq[merging] {
	return func(yield func(merging) bool) {
		var one merging
		asked := map[customerio.Identifier]bool{}
		for link := range r.learned.People.Links() {
			one.into, one.profile, one.person = link.Person.DistinctID, mapping.Secondary(link), link.Person
			one.body, one.outcome = r.mappers[0].Link(one.body[:0], link)
			asked[one.profile] = true
			if !yield(one) {
				return
			}
			one.number++
		}
		for _, m := range r.plan.Merges {
			primary, secondary := identifier(m.PrimaryKind, m.Primary), identifier(m.SecondaryKind, m.Secondary)
			if asked[secondary] {
				continue
			}
			one.into, one.profile, one.person = m.Primary, secondary, nil
			one.outcome = mapping.Outcome{Action: customerio.Merge, Who: primary}
			one.body = customerio.AppendMerge(one.body[:0], primary, secondary)
			if !yield(one) {
				return
			}
			one.number++
		}
	}
}

func identifier(kind, value string) customerio.Identifier {
	return customerio.Identifier{Key: customerio.Key(kind), Value: value}
}

// merge packs the merges. With a ledger all are written down before the first is sent, and one that is known as done is
// never sent again.
func (r *run) merge(out *outbox) error {
	done, err := r.intend()
	if err != nil {
		return err
	}
	from := r.from[ledger.Merges]
	for m := range r.mergings() {
		switch {
		case from.Done(m.number) || done[m.number]:
		case r.refusedBefore(&m):
		case m.outcome.Bucket == mapping.Send:
			err = r.packLink(out, &m)
		case m.outcome.Bucket == mapping.Rejected && m.number >= from.Next:
			err = r.dropLink(out, &m)
		}
		if err = cmp.Or(err, r.stopped()); err != nil {
			return err
		}
	}
	return nil
}

// refusedBefore reports whether an earlier run has tried a merge in vain, and this one does not try again.
func (r *run) refusedBefore(m *merging) bool {
	return m.outcome.Bucket == mapping.Send && !r.plan.RetryMerges && r.learned.repeats.down.has(keyOfText(m.body))
}

func (r *run) packLink(out *outbox, m *merging) error {
	op := m.outcome.Operation(m.body, m.number)
	out.lock.Lock()
	r.tally.built[customerio.Merge]++
	if len(r.mergePairs) < MostPairs {
		r.mergePairs = append(r.mergePairs, pairOf(m.outcome.Who, m.profile))
	}
	r.keeper.took([]customerio.Operation{op}, nil, op.Ref+1)
	out.lock.Unlock()
	return r.pack(out, op)
}

// dropLink counts a merge that cannot be sent.
func (r *run) dropLink(out *outbox, m *merging) error {
	out.lock.Lock()
	defer out.lock.Unlock()
	r.keeper.took(nil, nil, m.number+1)
	into := mapping.ShortID(m.into)
	// States keep the key, so the texts of Mapper.Link in it must not change.
	one := &Reject{Reason: m.outcome.Reason, Detail: m.outcome.Detail + ": merge " + mapping.ShortID(m.profile.Value) + " into " + into}
	if one.key = keyOfText([]byte(m.outcome.Detail + ": merge into " + into + "\x00" + m.profile.Value)); !r.plan.RetryMerges && r.learned.repeats.down.has(one.key) {
		return nil
	}
	r.mergesRejected[m.outcome.Reason]++
	return r.reject(m.number, one)
}

// intend writes down what is about to be merged, and tells which of it is done already, by number.
func (r *run) intend() (done map[uint64]bool, err error) {
	if r.plan.Ledger == nil {
		return nil, nil
	}
	var all []ledger.Merge
	for one := range r.mergings() {
		if one.outcome.Bucket != mapping.Send {
			continue
		}
		all = append(all, one.recorded())
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

// recorded is the merge as the ledger has it.
func (m *merging) recorded() ledger.Merge {
	stays, goes := m.outcome.Who, m.profile.ToValidUTF8()
	return ledger.Merge{
		Number: m.number, PrimaryKind: string(stays.Key), Primary: stays.Value, SecondaryKind: string(goes.Key), Secondary: goes.Value,
	}
}
