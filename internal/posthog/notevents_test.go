package posthog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/source"
)

// TestNotEventsAreRefused compares the messages about the shipped samples that are not events with a list:
// what each is, and what to do.
func TestNotEventsAreRefused(t *testing.T) {
	list, err := os.ReadFile("../../testdata/golden/not_events.refused")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for line := range strings.Lines(string(list)) {
		line, _, _ = strings.Cut(line, "#")
		parts := strings.Split(line, "|")
		if len(parts) != 3 {
			continue
		}
		files++
		data, err := os.ReadFile(filepath.Join("../../testdata/exports", strings.TrimSpace(parts[0])))
		if err != nil {
			t.Fatal(err)
		}
		for kind, input := range map[string]source.Source{"plain": sourceOf(t, "x", data), "gzip": sourceOf(t, "x.gz", zip(t, data, false))} {
			_, errs := readRows(t, []source.Source{input}, Options{})
			if len(errs) != 1 || errs[0].Kind != Refused {
				t.Errorf("%s, %s: %v", parts[0], kind, errs)
				continue
			}
			says(t, parts[0], errs[0].Err.Error(), parts[1])
			says(t, parts[0], errs[0].Advice, parts[2])
		}
	}
	if files < 9 {
		t.Errorf("only %d files", files)
	}
}

func says(t *testing.T, file, text, words string) {
	t.Helper()
	for word := range strings.SplitSeq(words, ",") {
		if word = strings.TrimSpace(word); !strings.Contains(text, word) {
			t.Errorf("%s: %q says nothing of %q", file, text, word)
		}
	}
}
