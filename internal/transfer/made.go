package transfer

import (
	"context"

	"ph2cio/internal/ledger"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
)

// made notes which people and merges Customer.io has accepted, since the run began. A nil one, of a run whose profiles
// nobody asks for, notes nothing.
type made struct {
	identified parallel.Bitset // people, by number
	late       parallel.Bitset // those of them who were identified after the merges
	merged     parallel.Bitset // merges, by number
}

// newMade returns nil if nobody asks for the profiles of a run.
func newMade(wanted bool) *made {
	if !wanted {
		return nil
	}
	return &made{}
}

// noter returns what notes an operation of a phase that was accepted, by its Ref; nil for nothing.
func (m *made) noter(phase ledger.Phase) func(ref uint64) {
	if m == nil {
		return nil
	}
	return func(ref uint64) {
		switch phase {
		case ledger.Emails:
			m.late.Add(ref)
			m.identified.Add(ref)
		case ledger.People:
			m.identified.Add(ref)
		case ledger.Merges:
			m.merged.Add(ref)
		}
	}
}

// noteBefore notes what the run has done before it was resumed.
func (m *made) noteBefore(ctx context.Context, run *ledger.Run, directory *people.Directory) error {
	if m == nil {
		return nil
	}
	for one, err := range run.PeopleSent(ctx) {
		if err != nil {
			return err
		}
		if person, _ := directory.Lookup([]byte(one.DistinctID)); person != nil {
			m.identified.Add(uint64(person.Number))
		}
	}
	merges, err := run.MergesDone(ctx)
	for _, number := range merges {
		m.merged.Add(uint64(number))
	}
	return err
}
