package transfer

import (
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer/deliver"
)

// Delivery says how operations are sent. Options.Sender and Tally must be set.
type Delivery struct {
	deliver.Options

	Tally      *customerio.Tally // what Options.Sender counts
	MaxRejects MaxRejects        // when the run stops; the zero value never stops it
	Settle     time.Duration     // how long Customer.io is given between phases; 0 is not at all

	// ListProfiles says that Summary.Made lists what the run has made.
	ListProfiles bool

	// Ledger saves how far the run has come. It is the resumed run of Earlier, or one that has begun since
	// the first pass. Nil saves nothing.
	Ledger *ledger.Run
}

// DryRun returns a delivery that counts requests and sends nothing. Rejects go to rejects; nil drops them.
func DryRun(rejects deliver.Rejects) Delivery {
	tally := &customerio.Tally{}
	return Delivery{Options: deliver.Options{Sender: customerio.Counting(tally), Rejects: rejects}, Tally: tally}
}
