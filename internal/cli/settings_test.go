package cli

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/cli/dotenv"
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
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
	named = slices.DeleteFunc(named, isStoreSetting) // see useStoreSettings
	if want := allVariables(newRoot(newProgram(Env{}, nil))); !slices.Equal(named, want) {
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
		"2026-03-01T08:30+02:00":    time.Date(2026, 3, 1, 6, 30, 0, 0, time.UTC),
		"2026-03-01T08:30Z":         time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC),
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

func TestParseRanges(t *testing.T) {
	now := time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)
	got, err := parseRanges("live-backfilled", []string{"2026-03-01..2026-03-08T06:00+02:00", " ..2025-01-01", "30d .. 72h"}, now)
	want := []mapping.Range{
		{From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 8, 4, 0, 0, 0, time.UTC)},
		{To: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)},
		{From: now.AddDate(0, 0, -30), To: now.Add(-72 * time.Hour)},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v; want -, got +:\n%s", err, diff)
	}
	for _, text := range []string{
		"", "..", "2026-03-01", "2026-03-01..", "2026-03-01...2026-03-02", "2026-03-02..2026-03-01", "2026-03-01..2026-03-01", "a..2026-03-01",
		"2026-03-01..2026-03-02..2026-03-03", "never",
	} {
		if got, err := parseRanges("live-backfilled", []string{text}, now); err == nil || !strings.Contains(err.Error(), "--live-backfilled") {
			t.Errorf("%q was taken as %v, %v", text, got, err)
		}
	}
}

func TestParseMaxRejects(t *testing.T) {
	for text, want := range map[string]transfer.MaxRejects{
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

// TestEnvExampleIsRead holds that each setting of .env.example can be used as it stands there.
func TestEnvExampleIsRead(t *testing.T) {
	text, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	used := regexp.MustCompile(`(?m)^#([A-Z0-9_]+=)`).ReplaceAllString(string(text), "$1")
	values, warnings, bad := dotenv.Parse(used, isOurSetting)
	if len(warnings) > 0 || len(bad) > 0 || len(values) < 60 {
		t.Errorf("%d values, warnings %q, bad lines %q", len(values), warnings, bad)
	}
}

func TestClosest(t *testing.T) {
	names := []string{"PH2CIO_EVENTS", "PH2CIO_SKIP_EVENTS", "PH2CIO_STATE", "PH2CIO_RATE", "PH2CIO_RECENT"}
	for typed, want := range map[string]string{
		"PH2CIO_EVNETS": "PH2CIO_EVENTS", "PH2CIO_EVENT": "PH2CIO_EVENTS", "PH2CIO_STAET": "PH2CIO_STATE", "PH2CIO_STAT": "PH2CIO_STATE",
		"PH2CIO_SKIPEVENTS": "PH2CIO_SKIP_EVENTS", "PH2CIO_FROBNICATE": "", "PH2CIO_": "", "": "", "PH2CIO_RATES": "PH2CIO_RATE",
	} {
		if got := closest(typed, names); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

// TestValuesAreNamedAsTheyWereGiven holds what the text of an error becomes.
func TestValuesAreNamedAsTheyWereGiven(t *testing.T) {
	variables := map[string]string{"CUSTOMERIO_API_KEY": "x"}
	p := &program{
		env:     Env{Getenv: func(name string) (string, bool) { value, ok := variables[name]; return value, ok }},
		origins: map[string]string{"rate": "PH2CIO_RATE in .env", "merge": "PH2CIO_MERGE in the environment"},
		dotenv:  settingsFile{path: ".env", values: map[string]string{"CUSTOMERIO_API_KEY": "y", "CUSTOMERIO_API_KEY_FILE": "z", "CUSTOMERIO_SITE_ID_FILE": "s"}},
	}
	for text, want := range map[string]string{
		"--rate must be a number":                 "PH2CIO_RATE in .env must be a number",
		"a\n--rate: no (--merge never)":           "a\nPH2CIO_RATE in .env: no (PH2CIO_MERGE in the environment never)",
		"--rates, x--rate and --merge-profiles":   "--rates, x--rate and --merge-profiles",
		"type `ph2cio backfill --rate 5` --rate":  "type `ph2cio backfill --rate 5` PH2CIO_RATE in .env",
		"--state is not set":                      "--state is not set",
		"both CUSTOMERIO_API_KEY and the other":   "both CUSTOMERIO_API_KEY in the environment and the other",
		"CUSTOMERIO_API_KEY_FILE is not readable": "CUSTOMERIO_API_KEY_FILE in .env is not readable",
		"CUSTOMERIO_SITE_ID holds a colon":        "CUSTOMERIO_SITE_ID_FILE in .env holds a colon",
		"CUSTOMERIO_REGION is not set":            "CUSTOMERIO_REGION is not set",
		"--rate \"x\" is none":                    "PH2CIO_RATE in .env: \"x\" is none",
		"--state \"x\" is none":                   "--state \"x\" is none",
	} {
		if got := p.asGiven(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
