package identity

import "cmp"

// Rank says how good an ID is as the kept ID of a person; the smallest is the best. All IDs that are
// identified, or not made by a machine, come before all others. Whether Customer.io has a profile only
// matters within each of these two classes.
type Rank uint8

const (
	Sent              Rank = iota // an earlier run has sent a profile under it
	ChosenExisting                // has the form of the user's own IDs, and a profile exists
	Chosen                        // matches what the user says of their IDs
	Existing                      // a profile under it is there already
	Identified                    // somebody has logged in with it
	Email                         // the same, shaped like an email
	NotMachine                    // not made by a machine
	MergedElsewhere               // one of the above, but its profile was merged into somebody else's
	SentAnonymous                 // made by one, and an earlier run has sent a profile under it
	ExistingAnonymous             // the same, and a profile under it is there already
	Machine                       // made by a machine
	TooLong           Rank = 16   // added to any of the above
	MergedAway        Rank = 32   // added too: its profile was merged into another one
	lastOfRanks            = 0xff
)

// Candidate is one ID of a person, in the choice of the kept ID. If two are equal, their texts decide.
type Candidate struct {
	Rank   Rank
	Source bool   // an $identify or $merge_dangerously leads from it to an ID of the same rank
	First  Moment // when the ID first occurred
}

// Nobody is a candidate that is worse than every other one.
var Nobody = Candidate{lastOfRanks, true, Never}

// Compare returns -1 if c is the better kept ID, 1 if d is, and 0 if their texts decide: then the smaller one
// is kept.
func (c Candidate) Compare(d Candidate) int {
	switch {
	case c.Rank != d.Rank:
		return cmp.Compare(c.Rank, d.Rank)
	case c.Source != d.Source:
		if c.Source {
			return 1
		}
		return -1
	}
	return c.First.Compare(d.First)
}
