// Package plans makes plans for tests of the packages that look at exports by the passes of a run.
package plans

import (
	"testing"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// Samples is where the sample exports are, from a package of internal.
const Samples = "../../testdata/exports/"

// Now is the now of plans: later than every event of the samples.
var Now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// Plan is what a test reads, and by which rules.
type Plan struct {
	transfer.Input
	transfer.Rules
}

// New returns a plan for files with default flags.
func New(tb testing.TB, options mapping.Options, paths ...string) *Plan {
	tb.Helper()
	sources, err := source.Find(tb.Context(), paths, nil)
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
	return &Plan{
		Input: transfer.Input{Sources: sources},
		Rules: transfer.Rules{Mapping: rules, Now: options.Now, Index: people.Options{Keep: rules.KeepPersonProperty, Added: rules.AddedPersonProperties(), DropDollar: !rules.KeepsDollar(), Dollars: mapping.KeptDollars(), PersonIDs: true}},
	}
}
