package job

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

func TestChangesOfFlags(t *testing.T) {
	now := Flags{"team": "2", "since": "2026-01-01", "people": "all"}
	then, err := Flags{"team": "1", "until": "2026-02-01", "people": "all"}.Text()
	if err != nil {
		t.Fatal(err)
	}
	changes, err := now.changesFrom(then)
	want := []Change{{"since", "", "2026-01-01"}, {"team", "1", "2"}, {"until", "2026-02-01", ""}}
	if diff := cmp.Diff(want, changes); err != nil || diff != "" {
		t.Errorf("%v, want -, got +:\n%s", err, diff)
	}
	if text := changes[0].String() + "; " + changes[2].String(); text != `--since was not given and is now "2026-01-01"; --until was "2026-02-01" and is now not given` {
		t.Error(text)
	}
}

// TestChangesOfFiles holds that changed rules are told, and that the content of files, which changes every night,
// is not.
func TestChangesOfFiles(t *testing.T) {
	for _, c := range []struct {
		change Change
		files  bool
		want   string
	}{
		{Change{"mapping", RulesWith + "1a", RulesWith + "2b"}, false, "the file of --mapping says something else now"},
		{Change{"mapping", "", RulesWith + "2b"}, false, "--mapping was not given and is now a file with rules"},
		{Change{"existing", FilesWith + "1a", FilesWith + "2b"}, true, `--existing was "files with SHA-256 1a" and is now "files with SHA-256 2b"`},
	} {
		if got := c.change.String(); got != c.want || c.change.ofFiles() != c.files {
			t.Errorf("%v: %s, of files: %v; want %s, %v", c.change, got, c.change.ofFiles(), c.want, c.files)
		}
	}
}

// A run may skip other rows than an earlier one did if a flag that chooses rows has another value.
func TestReasonsForWhichARunSkipsMore(t *testing.T) {
	for _, c := range []struct {
		now, then string
		want      map[string]bool
	}{
		{`{}`, `{}`, map[string]bool{}},
		{`{"people":"all"}`, `{}`, map[string]bool{}}, // it chooses no rows
		{`{"team":"1","since":"a"}`, `{"team":"1","since":"b"}`, map[string]bool{mapping.ReasonOutOfRange: true}},
		{``, `{"team":"1"}`, map[string]bool{transfer.ReasonOtherTeam: true}}, // a preview has no flags
		{`{"resend-old":"true"}`, ``, map[string]bool{mapping.ReasonTooOld: true}},
		{`{"events":"a","live-since":"b"}`, `{}`, map[string]bool{mapping.ReasonFiltered: true, mapping.ReasonNoise: true, mapping.ReasonLive: true}},
		{`{"live-backfilled":"[a..b]"}`, `{}`, map[string]bool{mapping.ReasonLive: true}},
		{`{"only":"a"}`, `{"exclude-people":"a"}`, map[string]bool{mapping.ReasonNotNamed: true, mapping.ReasonExcluded: true}},
		{`{"mapping":"rules with SHA-256 1a"}`, `{}`, map[string]bool{mapping.ReasonByRule: true, mapping.ReasonNoise: true, mapping.ReasonTestAccount: true}},
	} {
		if diff := cmp.Diff(c.want, (&Job{Flags: c.now}).SkipsMore(c.then)); diff != "" {
			t.Errorf("%s after %s: want -, got +:\n%s", c.now, c.then, diff)
		}
	}
}
