package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// TestReplacedIsOnlySaidOfWhatIsKnown: where the state does not say what was in a file,
// only a shorter one is another.
func TestReplacedIsOnlySaidOfWhatIsKnown(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.jsonl")
	if err := os.WriteFile(path, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		then ledger.Source
		said bool
	}{
		{ledger.Source{Size: 3}, false}, {ledger.Source{Size: 2}, false}, {ledger.Source{Size: 4}, true},
		{ledger.Source{Size: 3, Ends: "of another"}, true}, {ledger.Source{Size: 2, Ends: "of another"}, true},
	} {
		var out bytes.Buffer
		p := &program{env: Env{Stderr: &out, Getenv: os.LookupEnv}}
		p.warnOfReplaced(source.Source{Name: path, Size: 3}, &ledger.KnownSource{Source: c.then})
		if said := out.Len() > 0; said != c.said {
			t.Errorf("of %+v it says %q", c.then, out.String())
		}
	}
}
