package posthog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/source"
)

// TestPackedChunksAreTheSame reads chunks of every kind before and after packing. Both have the same events
// and sums, except for rows that are left out.
func TestPackedChunksAreTheSame(t *testing.T) {
	t.Parallel()
	line := `{"event":"a","distinct_id":"u%d","properties":{"n":"%s"}}`
	var lines, table strings.Builder
	table.WriteString("event,distinct_id,timestamp,properties\n")
	for i := range 2000 {
		fmt.Fprintf(&lines, line+"\n", i, strings.Repeat("x", i%300))
		fmt.Fprintf(&table, "a,u%d,2026-03-04,\"{\"\"n\"\":\n%d}\"\n", i, i)
	}
	for name, text := range map[string]string{
		"lines":          lines.String(),
		"no newline":     strings.TrimSuffix(lines.String(), "\n"),
		"bad":            lines.String() + "{\n" + lines.String(),
		"CSV":            table.String(),
		"a long row":     `{"event":"a","distinct_id":"u","properties":{"n":"` + strings.Repeat("y", 3<<20) + "\"}}\n" + lines.String(),
		"a document":     "[" + strings.TrimSuffix(strings.ReplaceAll(lines.String(), "\n", ","), ",") + "]",
		"a row too long": `{"event":"` + strings.Repeat("z", 200_000) + "\"}\n" + lines.String(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := func(pack bool) (all []string) {
				var packer Packer
				defer packer.Close()
				path := filepath.Join(t.TempDir(), "rows")
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				options := Options{window: 64 << 10, MaxRow: 4 << 20}
				if name == "a row too long" {
					options.MaxRow = 100_000
				}
				for c, err := range Read(t.Context(), []source.Source{{Name: path, Size: int64(len(text))}}, options) {
					if err != nil {
						t.Fatal(err)
					}
					events := func() {
						for e, bad := range c.Events() {
							if bad != nil {
								all = append(all, fmt.Sprint(bad.Ref, bad.Line, bad.Reason, bad.Detail))
								continue
							}
							all = append(all, fmt.Sprintf("%d %d %s %s", e.Ref, e.Line, e.DistinctID, e.Properties))
						}
						all = append(all, fmt.Sprint(c.Sum()))
					}
					left := []uint64{0xaaaa_0000_ffff_0101, 7}
					if !pack {
						c.Left = left
						events()
					} else {
						for range c.Events() { // a first pass
						}
						size := c.Size()
						packer.Pack(c, left)
						if held := c.Held(); size > 1000 && held >= size {
							t.Errorf("%d bytes take %d when packed", size, held)
						}
						events()
					}
					c.Release()
				}
				return all
			}
			want, got := read(false), read(true)
			if len(want) < 1000 || fmt.Sprint(want) != fmt.Sprint(got) {
				t.Errorf("%d events packed, %d as they come", len(got), len(want))
			}
		})
	}
}
