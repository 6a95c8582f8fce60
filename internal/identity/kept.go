package identity

import "cmp"

// Rank says how good an ID is to keep as a person's; the smallest is the best.
type Rank uint8

const (
	Existing    Rank = iota // a profile under it is there already
	Chosen                  // matches what the user says of their IDs
	Identified              // somebody has logged in with it
	Email                   // the same, shaped like an email
	NotMachine              // not made by a machine
	Machine                 // made by a machine
	TooLong     Rank = 8    // added to any of the above
	lastOfRanks      = 0xff
)

// Candidate is one ID of a person, as far as the choice of the kept ID goes. Its text decides between equals.
type Candidate struct {
	Rank  Rank
	First Moment // when the ID first came up
}

// Nobody is a candidate that every other one beats.
var Nobody = Candidate{lastOfRanks, Never}

// Compare returns -1 when c is the better one, and 0 when the texts must decide: the smaller one is kept.
func (c Candidate) Compare(d Candidate) int {
	if c.Rank != d.Rank {
		return cmp.Compare(c.Rank, d.Rank)
	}
	return c.First.Compare(d.First)
}
