package export

import (
	"context"
	"slices"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
	"ph2cio/internal/people"
)

// indexOptions are those of the plan, for an index that is told what earlier runs have learnt.
func (p *Plan) indexOptions(ctx context.Context) (people.Options, error) {
	o := p.Index
	if p.State == nil {
		return o, nil
	}
	var err error
	if o.Seed, o.KeyNames, err = p.State.RestoreKeys(ctx); err != nil {
		return o, err
	}
	merged, err := p.State.Merged(ctx, p.goesOn())
	if len(merged) == 0 {
		return o, err
	}
	o.Merged = func(by people.By, value string) bool { return merged[ledger.Profile{Kind: by.String(), Value: value}] }
	return o, err
}

// recall tells the index what earlier runs have learnt and whom they have sent, once it knows what the rows say.
func (l *Learned) recall(ctx context.Context, plan *Plan) error {
	if plan.Remember {
		if err := l.index.Remember(ctx); err != nil {
			return err
		}
	}
	if plan.State == nil {
		return nil
	}
	for entry, err := range plan.State.RestoreEntries(ctx, plan.goesOn()) {
		if err != nil {
			return err
		}
		l.index.Recall(entry)
	}
	for sent, err := range plan.State.People(ctx, plan.goesOn()) {
		if err != nil {
			return err
		}
		by, _ := people.ByName(sent.Kind)
		l.index.RecallSent(&people.SentPerson{DistinctID: sent.DistinctID, By: by, Value: sent.Value, State: sent.State, Updated: sent.Updated, Email: sent.Email})
		l.sentBefore = true
	}
	return l.index.Err()
}

// Learnt is what there is to keep for later runs.
func (l *Learned) Learnt() *ledger.Restorable {
	return &ledger.Restorable{Seed: l.index.Seed(), Keys: l.index.NewKeys(), Entries: l.People.Learnt(), Columns: l.columnsKnown()}
}

// Knows reports whether it is known, of some people at least, that they have a profile already.
func (l *Learned) Knows(plan *Plan) bool { return l.sentBefore || plan.Index.Existing != nil }

// unchanged reports whether an identify is what an earlier run has sent, or is made of older data than that: a persons export that
// comes no more has said more than the rows do.
func (r *run) unchanged(p *people.Person, identify []byte) bool {
	state, updated, before := r.learned.People.SentBefore(p)
	return before && (p.Updated < updated || state == xxh3.Hash128(identify).Bytes())
}

// turnedDown are the keys of what earlier runs have rejected: it is not tried again but by a retry, and counts for nothing. They
// are sorted. Nothing is ever added, so that many goroutines may ask.
type turnedDown []ledger.Key

func (t turnedDown) has(key ledger.Key) bool {
	_, found := slices.BinarySearchFunc(t, key, func(a, b ledger.Key) int { return a.Compare(&b) })
	return found
}

// keyOfRow is the key of a row that was rejected: one that differs in anything is another.
func keyOfRow(row []byte) ledger.Key { return xxh3.Hash128(row).Bytes() }

// keyOfText is the key of an operation, or of a row that could not be read, of which there may be only the
// beginning.
func keyOfText(text []byte) ledger.Key { return xxh3.Hash128(text[:min(len(text), maxRaw)]).Bytes() }
