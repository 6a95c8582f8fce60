// Package plans makes plans for tests of the packages that look at exports by the readings of a run.
package plans

import (
	"testing"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// Samples is where the sample exports are, from a package of internal.
const Samples = "../../testdata/exports/"

// Now is the now of plans: later than every event of the samples.
var Now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// New returns a plan for files with default flags and a sender that only counts.
func New(tb testing.TB, options mapping.Options, paths ...string) *transfer.Plan {
	tb.Helper()
	sources, err := source.Find(paths)
	if err != nil {
		tb.Fatal(err)
	}
	if options.Now.IsZero() {
		options.Now = Now
	}
	rules, err := mapping.New(options)
	if err != nil {
		tb.Fatal(err)
	}
	tally := &customerio.Tally{}
	return &transfer.Plan{
		Sources: sources, Rules: rules, Now: options.Now, Tally: tally, Sender: customerio.Counting(tally),
		Index: people.Options{Keep: rules.KeepPersonProperty, DropDollar: !rules.KeepsDollar(), Dollars: mapping.KeptDollars(), PersonIDs: true},
	}
}
