package transfer

import (
	"os"
	"path/filepath"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/s2"

	"ph2cio/internal/mapping"
)

// Whether all, some or none of the chunks stay in memory between the passes makes no difference to the
// totals. The test also checks how many stay.
func TestWhatIsKeptIsNotReadAgain(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := syntheticText(t, 5000)
	third := len(s2.Encode(nil, text)) / 3
	small := write("a.jsonl.gz", gzipMember(t, syntheticText(t, 300)))
	large := write("b.jsonl.gz", gzipMember(t, text))
	last := write("c.jsonl.gz", gzipMember(t, syntheticText(t, 200)))
	quick := write("c.jsonl.zst", zstdFrame(t, syntheticText(t, 200)))
	plain := write("d.jsonl", syntheticText(t, 100))

	for name, sources := range map[string][]string{
		"compressed": {small, large, last}, "a plain one among them": {small, plain, last}, "a plain one last": {large, plain}, "one": {large},
		"a quick one last": {large, quick},
	} {
		var want Rows
		for _, most := range []int{1, third, 2 * third, 1 << 30} {
			plan := newPlan(t, mapping.Options{}, sources...)
			plan.mostTail = most
			first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
			if err != nil {
				t.Fatal(err)
			}
			all, kept := len(first.decided.chunks), len(first.tail.chunks)
			switch {
			case (sources[len(sources)-1] == plain || sources[len(sources)-1] == quick) && kept > 0:
				t.Errorf("%s: %d chunks kept before a file that is read again", name, kept)
			case most == 1<<30 && name == "compressed" && kept != all:
				t.Errorf("%s: %d of %d chunks kept", name, kept, all)
			case most == third && name == "one" && (kept == 0 || kept == all):
				t.Errorf("%s: %d of %d chunks kept of a third", name, kept, all)
			}
			summary, err := Send(t.Context(), first, plan.Delivery)
			if err != nil {
				t.Fatalf("%s, keeping %d: %v", name, most, err)
			}
			if want.Read == 0 {
				want = summary.Rows
			}
			if diff := gocmp.Diff(want, summary.Rows); diff != "" {
				t.Errorf("%s, keeping %d:\n%s", name, most, diff)
			}
		}
	}
}
