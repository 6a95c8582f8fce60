package terminal

import (
	"fmt"
	"strings"
	"testing"

	"ph2cio/internal/transfer"
)

// TestListsSayWhatJSONHas holds that --json is not said to list all where it stops.
func TestListsSayWhatJSONHas(t *testing.T) {
	var skipped []transfer.SkippedEvent
	for i := range 1000 {
		skipped = append(skipped, transfer.SkippedEvent{Name: fmt.Sprint("$e", i), Rows: 1, PerhapsYours: i < 500})
	}
	for beyond, want := range map[int64]string{0: "--json lists all)", 7: "--json lists 1,000)"} {
		text := &summaryText{s: &transfer.Summary{SkippedEvents: skipped, SkippedEventsBeyond: beyond}}
		text.names()
		if n := strings.Count(text.String(), want); n != 2 || !strings.Contains(text.String(), "480 more that may be yours") {
			t.Errorf("%d rows more: %d times %s in\n%s", beyond, n, want, text)
		}
	}
	fused := make([]transfer.Fused, 1000)
	for n, want := range map[int]string{1000: "995 more (--json lists all)", 2500: "2,495 more (--json lists 1,000)"} {
		text := newSummaryText(&transfer.Summary{People: transfer.PeopleSummary{Uncertain: transfer.Uncertain{Fused: fused, FusedCount: n}}}, Style{}, 200)
		if text.severalLogins(); !strings.Contains(text.String(), want) {
			t.Errorf("%d people: %s", n, text)
		}
	}
	for n, want := range map[int]string{10_000: "9,995 more (preview --json lists all)", 20_000: "19,995 more (preview --json lists 10,000)"} {
		if text := PairsText(make([]transfer.MergePair, 5), n); !strings.Contains(text, want) {
			t.Errorf("%d merges: %s", n, text)
		}
	}
}
