package transfer

import (
	"context"

	"ph2cio/internal/ledger"
	"ph2cio/internal/people"
)

// indexOptions returns the options for an index of people, with what must be restored from earlier runs
// before the index reads anything.
func indexOptions(ctx context.Context, earlier *Earlier, o people.Options) (people.Options, error) {
	if earlier.State == nil {
		return o, nil
	}
	var err error
	if o.Seed, o.KeyNames, err = earlier.State.RestoreKeys(ctx); err != nil {
		return o, err
	}
	merged, err := earlier.State.Merged(ctx, earlier.resumedID())
	if len(merged) == 0 {
		return o, err
	}
	o.Merged = make(people.MergedProfiles, len(merged))
	for from, into := range merged {
		o.Merged[profileName(from)] = profileName(into)
	}
	return o, err
}

func profileName(p ledger.Profile) people.ProfileName {
	by, _ := people.ByName(p.Kind)
	return people.ProfileName{By: by, Value: p.Value}
}

// restore gives an index the state of earlier runs: what their rows said about people, and whom they have
// sent. The index must have read all rows by then. sent says that earlier runs have sent people.
func restore(ctx context.Context, earlier *Earlier, index *people.Index) (sent bool, err error) {
	if earlier.Remember {
		if err := index.Remember(ctx); err != nil {
			return false, err
		}
	}
	if earlier.State == nil {
		return false, nil
	}
	for entry, err := range earlier.State.RestoreEntries(ctx) {
		if err != nil {
			return false, err
		}
		index.Restore(entry)
	}
	for one, err := range earlier.State.People(ctx, earlier.resumedID()) {
		if err != nil {
			return sent, err
		}
		by, _ := people.ByName(one.Kind)
		index.RestoreSent(&people.SentPerson{
			DistinctID: one.DistinctID, By: by, Value: one.Value, State: one.State, Updated: one.Updated, Email: one.Email, Removed: one.Removed,
		})
		sent = true
	}
	return sent, index.Err()
}

// Restorable is the state of people and columns that later runs will restore.
func (f *FirstPass) Restorable() *ledger.Restorable {
	return &ledger.Restorable{
		Seed: f.index.Seed(), Keys: f.index.NewKeys(), Entries: f.People.ForLater(), ReplacesEarlier: f.People.ReplacesEarlier(),
		Columns: f.columnsKnown(),
	}
}
