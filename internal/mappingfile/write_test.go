package mappingfile

import (
	"bytes"
	"strings"
	"testing"
)

func TestWhatIsWrittenMeansTheSame(t *testing.T) {
	f := mustRead(t, example)
	again := mustRead(t, string(f.JSON()))
	if !bytes.Equal(f.JSON(), again.JSON()) || f.Hash() != again.Hash() {
		t.Errorf("%s is read as\n%s", f.JSON(), again.JSON())
	}
	if err := fits(f); err != nil {
		t.Error(err)
	}
}

// TestHash changes the example.
func TestHash(t *testing.T) {
	hash := mustRead(t, example).Hash()
	for old, changed := range map[string]string{
		"  # what flags say": "", // nothing of what is meant
		"rules:\n":           "\n# a comment\nrules:\n\n",
		"page-name: title":   `"page-name": 'title'`,
		"  page-name: title\n  skip-events: [lib_*, debug]\n": "  skip-events:\n    - lib_*\n    - debug\n  page-name: >-\n    title\n",
		"events: signed_up":                 "events: [signed_up, signed_up]",
		"[lib_*, '\\[x]']":                  `["\\[x]", lib_*]`,
		"tier: 3, vip: true":                "vip: True, tier: 3",
		"name: a free":                      "name: no free",
		"{plan: free, n: 1.50, none: null}": "{}",
		", type: person,":                   ", 'type': person,",
		"{key: $host, value":                "{type: event, key: $host, value",
	} {
		if f := mustRead(t, replaced(t, old, changed)); f.Hash() != hash {
			t.Errorf("%s has another hash than %s", changed, old)
		}
	}
	for old, changed := range map[string]string{
		"page-name: title":  "page-name: url", // what is meant
		"[lib_*, debug]":    "[lib_*]",
		"rate: 012":         "rate: 12",
		"type: person":      "type: event",
		"drop: true":        "send-as: page",
		"events: signed_up": "events: signed_ip",
		"tier: 3":           "tier: '3'",
		"score * 2":         "score * 3",
		`"free" &&`:         `"free" ||`,
		"person-once":       "person",
		"[cart.items.*":     "[cart.items.0",
	} {
		text := replaced(t, old, changed)
		if old == "person-once" {
			text = strings.Replace(text, "    person: {lead", "    person-once: {lead", 1)
			text = strings.Replace(text, "person: {first", "person: {first", 1)
		}
		if f := mustRead(t, text); f.Hash() == hash {
			t.Errorf("%s has the hash of %s", changed, old)
		}
	}
}

func replaced(t *testing.T, old, changed string) string {
	t.Helper()
	text := strings.Replace(example, old, changed, 1)
	if text == example {
		t.Fatalf("there is no %q", old)
	}
	return text
}
