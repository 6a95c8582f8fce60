package transfer

import (
	"cmp"
	"iter"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

// mergesPhase sends the merges of profiles.
type mergesPhase struct {
	*run
	pairs []MergePair // the first MostPairs that were sent
	shown *answered
}

func (p *mergesPhase) send() error {
	if p.first.People.MergeCount()+len(p.first.input.Merges) == 0 {
		return nil
	}
	before := &p.delivery.Counts().Before
	answered := before.Accepted[customerio.Merge] + before.Refused[customerio.Merge]
	out, shown := p.begin(ledger.Merges, answered, expected{all: answered + p.left()})
	p.shown = shown
	defer p.progress.Done()
	err := out.End(p.deliver(out))
	for _, number := range out.Refused() {
		p.mergesRefused[number] = true
	}
	return err
}

// merging is one merge of a profile into another one.
type merging struct {
	number  uint64
	body    []byte // valid until the next one is yielded
	outcome mapping.Outcome
	into    string                // the distinct ID of the person into whose profile it is merged
	person  *people.Person        // the same, nil for one of Earlier.Merges
	profile customerio.Identifier // what is merged
}

// mergings yields the merges that the first pass has found, then those of Earlier.Merges that are not among
// them.
func (p *mergesPhase) mergings() iter.Seq[merging] {
	return func(yield func(merging) bool) {
		var one merging
		yielded := map[customerio.Identifier]bool{}
		for link := range p.first.People.Merges() {
			one.into, one.profile, one.person = link.Person.DistinctID, mapping.Secondary(link), link.Person
			one.body, one.outcome = p.mappers[0].Merge(one.body[:0], link)
			yielded[one.profile] = true
			if !yield(one) {
				return
			}
			one.number++
		}
		for _, m := range p.first.input.Merges {
			primary, secondary := identifier(m.PrimaryKind, m.Primary), identifier(m.SecondaryKind, m.Secondary)
			if yielded[secondary] {
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

// targets returns the people, by number, into whose profiles others are merged or were merged by this run, and
// those into whose profile another one could not be merged.
func (p *mergesPhase) targets() (merged, blocked map[uint32]bool) {
	merged, blocked = map[uint32]bool{}, map[uint32]bool{}
	others := map[customerio.Identifier]bool{} // of merges that an earlier run has left
	for m := range p.mergings() {
		switch failed := m.outcome.Bucket == mapping.Rejected || p.mergesRefused[m.number] || p.refusedBefore(&m); {
		case m.outcome.Bucket == mapping.Skipped:
		case m.person == nil:
			others[m.outcome.Who] = others[m.outcome.Who] || !failed
		case failed:
			blocked[m.person.Number] = true
		default:
			merged[m.person.Number] = true
		}
	}
	if len(others) > 0 {
		for person := range p.first.People.People() {
			if others[identifier(person.By.String(), person.Value)] {
				merged[person.Number] = true
			}
		}
	}
	return merged, blocked
}

func identifier(kind, value string) customerio.Identifier {
	return customerio.Identifier{Key: customerio.Key(kind), Value: value}
}

// deliver sends the merges. A ledger records all of them before the first is sent. A merge that it has as
// done is never sent again.
func (p *mergesPhase) deliver(out *deliver.Phase) error {
	recorded, err := p.intend()
	if err != nil {
		return err
	}
	from := p.from[ledger.Merges]
	for m := range p.mergings() {
		switch {
		case from.Done(m.number) || recorded[m.number].Done:
		case p.refusedBefore(&m):
		case m.outcome.Bucket == mapping.Send:
			err = p.merge(out, &m, recorded[m.number].ID)
		case m.outcome.Bucket == mapping.Rejected && m.number >= from.Next:
			err = p.reject(out, &m)
		}
		if err = cmp.Or(err, p.stopped()); err != nil {
			return err
		}
	}
	p.shown.allMade()
	return nil
}

// left counts the merges that are to be sent, at most.
func (p *mergesPhase) left() (n int64) {
	from := p.from[ledger.Merges]
	for m := range p.mergings() {
		if m.outcome.Bucket == mapping.Send && !from.Done(m.number) && !p.refusedBefore(&m) {
			n++
		}
	}
	return n
}

// refusedBefore reports whether an earlier run has sent the merge, Customer.io has refused it, and this run
// does not try it again.
func (p *mergesPhase) refusedBefore(m *merging) bool {
	return m.outcome.Bucket == mapping.Send && p.first.repeats.notRetriedIf(p.first.input.RetryMerges).has(keyOfText(m.body))
}

// merge sends one merge. id is its ID in the ledger.
func (p *mergesPhase) merge(out *deliver.Phase, m *merging, id int64) error {
	if len(p.pairs) < MostPairs {
		p.pairs = append(p.pairs, pairOf(m.outcome.Who, m.profile))
	}
	p.shown.made(1, 0)
	return out.Deliver(&deliver.Result{
		Operations: []customerio.Operation{m.outcome.Operation(m.body, m.number)},
		Marks:      []deliver.Mark{{Key: keyOfText(m.body), Merge: id}},
		End:        m.number + 1,
	})
}

// reject counts a merge that cannot be sent, unless an earlier run has rejected it and this one does not try
// again.
func (p *mergesPhase) reject(out *deliver.Phase, m *merging) error {
	into := mapping.ShortID(m.into)
	one := deliver.Reject{
		Number: m.number, Reason: m.outcome.Reason,
		Detail: m.outcome.Detail + ": merge " + mapping.ShortID(m.profile.Value) + " into " + into,
		// States on disk contain the key, so the details that Mapper gives for merges must not change.
		Key: keyOfText([]byte(m.outcome.Detail + ": merge into " + into + "\x00" + m.profile.Value)),
	}
	var rejects []deliver.Reject
	if !p.first.repeats.notRetriedIf(p.first.input.RetryMerges).has(one.Key) {
		rejects = append(rejects, one)
	}
	return out.Deliver(&deliver.Result{Rejects: rejects, End: m.number + 1})
}

// intend records in the ledger what is about to be merged. It returns the recorded merges by number.
func (p *mergesPhase) intend() (map[uint64]ledger.Merge, error) {
	if !p.saves() {
		return nil, nil
	}
	var all []ledger.Merge
	for one := range p.mergings() {
		if one.outcome.Bucket == mapping.Send {
			all = append(all, one.recorded())
		}
	}
	if err := p.options.Ledger.RecordMerges(p.delivery.Context(), all, time.Now()); err != nil {
		return nil, err
	}
	recorded := map[uint64]ledger.Merge{}
	for _, m := range all {
		recorded[m.Number] = m
	}
	return recorded, nil
}

// recorded returns the merge as the ledger records it.
func (m *merging) recorded() ledger.Merge {
	stays, goes := m.outcome.Who, m.profile.ToValidUTF8()
	return ledger.Merge{
		Number: m.number, PrimaryKind: string(stays.Key), Primary: stays.Value, SecondaryKind: string(goes.Key), Secondary: goes.Value,
	}
}
