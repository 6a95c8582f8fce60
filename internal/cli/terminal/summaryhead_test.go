package terminal

import (
	"strings"
	"testing"
	"time"

	"ph2cio/internal/transfer"
)

// TestSpansOfTimesAreShort leaves out the month and the year where both ends share them.
func TestSpansOfTimesAreShort(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		day, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	for want, span := range map[string]transfer.Span{
		"":                          {},
		"4 Mar 2026":                {First: at("2026-03-04 00:00:00"), Last: at("2026-03-04 23:59:59")},
		"4 – 9 Mar 2026":            {First: at("2026-03-04 10:00:00"), Last: at("2026-03-09 10:00:00")},
		"3 Jul – 30 Sep 2026":       {First: at("2026-07-03 10:00:00"), Last: at("2026-09-30 10:00:00")},
		"30 Sep 2025 – 30 Sep 2026": {First: at("2025-09-30 10:00:00"), Last: at("2026-09-30 10:00:00")},
	} {
		if got := SpanText(span); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestChoicesSayWhatTheyCost has a choice at hand in the middle, without and with a list of who is there.
func TestChoicesSayWhatTheyCost(t *testing.T) {
	t.Parallel()
	s := &transfer.Summary{Profiles: map[string]int{"identified": 3, "with-email": 5, "all": 1200}, Choice: "with-email"}
	text := func() string {
		plan := newSummaryText(s, Style{}, 80)
		plan.choices()
		return plan.String()
	}
	want := `  Profiles            new, at most  known
  identified                     3      ?   -2 billable
  with email (yours)             5      ?
  all                        1,200      ?   +1,195 billable
  Customer.io's people export makes these exact → --existing FILE
`
	if got := text(); got != want {
		t.Errorf("without a list\n%s\nwant\n%s", got, want)
	}
	s.Known, s.ListsKnown = map[string]int{"identified": 2, "with-email": 4, "all": 4}, true
	want = `  Profiles              new  known
  identified              1      2
  with email (yours)      1      4
  all                 1,196      4   +1,195 billable
`
	if got := text(); got != want {
		t.Errorf("with a list\n%s\nwant\n%s", got, want)
	}
}

// TestOverwritesAreOfKnownProfiles counts only profiles that a list has, if there is one.
func TestOverwritesAreOfKnownProfiles(t *testing.T) {
	t.Parallel()
	s := &transfer.Summary{People: transfer.PeopleSummary{Sent: 9, Stale: 9}, Known: map[string]int{"identified": 1}, Choice: "identified"}
	plan := newSummaryText(s, Style{}, 80)
	if got := plan.overwrites(); !strings.HasPrefix(got, "9 profiles may lose") {
		t.Errorf("without a list: %s", got)
	}
	s.ListsKnown = true
	if got := plan.overwrites(); !strings.HasPrefix(got, "1 profile may lose") || strings.Contains(got, arrow) {
		t.Errorf("with a list: %s", got)
	}
}
