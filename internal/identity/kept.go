package identity

import "cmp"

// Rank says how good an ID is to keep as a person's; the smallest is the best. All IDs that are identified, or that no machine
// made, come before all others: whether a profile is there counts within each of the two, never across.
type Rank uint8

const (
	Sent              Rank = iota // an earlier run has sent a profile under it
	ChosenExisting                // matches what the user says of their IDs, and a profile under it is there already
	Chosen                        // matches what the user says of their IDs
	Existing                      // a profile under it is there already
	Identified                    // somebody has logged in with it
	Email                         // the same, shaped like an email
	NotMachine                    // not made by a machine
	SentAnonymous                 // made by one, and an earlier run has sent a profile under it
	ExistingAnonymous             // the same, and a profile under it is there already
	Machine                       // made by a machine
	TooLong           Rank = 16   // added to any of the above
	MergedAway        Rank = 32   // added too: its profile was merged into another one
	lastOfRanks            = 0xff
)

// Candidate is one ID of a person, as far as the choice of the kept ID goes. Its text decides between equals.
type Candidate struct {
	Rank   Rank
	Source bool   // an $identify or $merge_dangerously has an ID of the same rank as its target, and this one as its source
	First  Moment // when the ID first came up
}

// Nobody is a candidate that every other one beats.
var Nobody = Candidate{lastOfRanks, true, Never}

// Compare returns -1 when c is the better one, and 0 when the texts must decide: the smaller one is kept.
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
