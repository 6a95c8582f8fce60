package cli

import (
	"testing"

	"ph2cio/internal/ledger"
)

// TestASyncFollowsABackfill has the flags of the backfill, but for the answer to a question that a sync never asks.
func TestASyncFollowsABackfill(t *testing.T) {
	for typed, want := range map[string]string{
		"ph2cio backfill --yes --rate 2 export/": "ph2cio sync --rate 2 export/",
		"ph2cio backfill export/ --yes":          "ph2cio sync export/",
		"ph2cio backfill export/":                "ph2cio sync export/",
		"ph2cio sync export/":                    "",
	} {
		if got := syncAfter(&ledger.Run{Start: ledger.Start{Typed: typed}}); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}
