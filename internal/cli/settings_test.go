package cli

import (
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"ph2cio/internal/export"
)

// TestEnvExampleNamesEveryVariable keeps .env.example from going stale.
func TestEnvExampleNamesEveryVariable(t *testing.T) {
	text, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, match := range regexp.MustCompile(`(?m)^#?([A-Z0-9_]+)=`).FindAllSubmatch(text, -1) {
		named = append(named, string(match[1]))
	}
	slices.Sort(named)
	if want := allVariables(newRoot(&program{})); !slices.Equal(named, want) {
		t.Errorf(".env.example names\n%q\nthe program reads\n%q", named, want)
	}
}

func TestVariable(t *testing.T) {
	if got := variable("batch-items"); got != "PH2CIO_BATCH_ITEMS" {
		t.Errorf("got %s", got)
	}
}

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"":                          {},
		"2026-03-01":                time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		"2026-03-01T08:30:00+02:00": time.Date(2026, 3, 1, 6, 30, 0, 0, time.UTC),
		"2026-03-01 08:30:00":       time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC),
		"72h":                       now.Add(-72 * time.Hour),
		"30d":                       now.AddDate(0, 0, -30),
	} {
		if got, err := parseTime("since", text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "-3h", "3x", "2026-13-01", "99999999d", "d"} {
		if _, err := parseTime("since", text, now); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestParseMaxRejects(t *testing.T) {
	for text, want := range map[string]export.MaxRejects{
		"1%": {Share: 0.01}, "0.5%": {Share: 0.005}, "0": {}, "0%": {}, "250": {Count: 250},
	} {
		if got, err := parseMaxRejects(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-1", "101%", "x%", "NaN%", "1.5"} {
		if got, err := parseMaxRejects(text); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
}
