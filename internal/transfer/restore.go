package transfer

import (
	"context"

	"ph2cio/internal/ledger"
	"ph2cio/internal/people"
)

// indexOptions are the plan's options for an index of people, with what must be restored from earlier runs
// before the index reads anything.
func (p *Plan) indexOptions(ctx context.Context) (people.Options, error) {
	o := p.Index
	if p.State == nil {
		return o, nil
	}
	var err error
	if o.Seed, o.KeyNames, err = p.State.RestoreKeys(ctx); err != nil {
		return o, err
	}
	merged, err := p.State.Merged(ctx, p.resumedID())
	if len(merged) == 0 {
		return o, err
	}
	o.Merged = func(by people.By, value string) bool { return merged[ledger.Profile{Kind: by.String(), Value: value}] }
	return o, err
}

// restore gives the index the state of earlier runs: what their rows said about people, and whom they have
// sent. The index must have read all rows by then.
func (l *FirstPass) restore(ctx context.Context, plan *Plan) error {
	if plan.Remember {
		if err := l.index.Remember(ctx); err != nil {
			return err
		}
	}
	if plan.State == nil {
		return nil
	}
	for entry, err := range plan.State.RestoreEntries(ctx, plan.resumedID()) {
		if err != nil {
			return err
		}
		l.index.Restore(entry)
	}
	for sent, err := range plan.State.People(ctx, plan.resumedID()) {
		if err != nil {
			return err
		}
		by, _ := people.ByName(sent.Kind)
		l.index.RestoreSent(&people.SentPerson{DistinctID: sent.DistinctID, By: by, Value: sent.Value, State: sent.State, Updated: sent.Updated, Email: sent.Email})
		l.sentBefore = true
	}
	return l.index.Err()
}

// Restorable is the state of people and columns that later runs will restore.
func (l *FirstPass) Restorable() *ledger.Restorable {
	return &ledger.Restorable{Seed: l.index.Seed(), Keys: l.index.NewKeys(), Entries: l.People.ForLater(), Columns: l.columnsKnown()}
}

// KnowsProfiles reports whether it is known, of some people at least, that they have a profile already.
func (l *FirstPass) KnowsProfiles(plan *Plan) bool { return l.sentBefore || plan.Index.Existing != nil }
