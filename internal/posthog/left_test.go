package posthog

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestLeftLeavesOutJustThoseRows decodes files with any rows left out. The others are the same as without,
// with the same numbers and lines.
func TestLeftLeavesOutJustThoseRows(t *testing.T) {
	jsonRows := []string{
		`{"event":"a","distinct_id":"u"}` + "\n", `{"event":"b","distinct_id":"v","properties":{"x":"\n\""}}` + "\r\n",
		"\n", " \r\n", "not json\n", `{"event":"c"}` + "\n", `{"event":"` + strings.Repeat("long ", 30) + `"}` + "\n",
	}
	csvRows := []string{
		"a,u,{},\n", "\"two\nlines\",u,{},\r\n", "\"three\r\nlines\n\",v,\"{\n\"\"a\"\":1}\",\n", "\n", "\r\n", "a,u\n", "a,,{},\n",
		"a,\"u\"v,{},\n", "a,u,\"{\"\"k\"\":\"\"\n\n\n\"\"}\",\n", strings.Repeat("long ", 30) + ",u,{},\n",
	}
	for name, c := range map[string]struct {
		rows []string
		cut  func(text string, o Options) []*Chunk
	}{
		"JSON lines": {jsonRows, func(text string, o Options) []*Chunk {
			return cutAs([]byte(text), &layout{shape: "JSON lines", split: splitLines, line: decodeJSON}, o)
		}},
		"CSV": {csvRows, func(text string, o Options) []*Chunk {
			return cutAs([]byte(csvHeader+text), csvLayout(t, csvHeader), o)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(c.rows), 0, 200).Draw(r, "rows"), "")
				if rapid.Bool().Draw(r, "without its last newline") {
					text = strings.TrimRight(text, "\r\n")
				}
				o := Options{MaxRow: 120, window: rapid.IntRange(150, 3000).Draw(r, "window")}
				whole := c.cut(text, o)
				for i, chunk := range c.cut(text, o) {
					all := chunkRows(t, whole[i])
					chunk.Left = rapid.SliceOfN(rapid.Uint64(), 0, 4).Draw(r, "left")
					want := slices.DeleteFunc(all, func(one row) bool { return isLeft(chunk, one.Ref) })
					if diff := cmp.Diff(want, chunkRows(t, chunk), cmpopts.EquateEmpty()); diff != "" {
						r.Fatalf("chunk %d, want -, got +:\n%s", i, diff)
					}
					if chunk.Sum() != whole[i].Sum() {
						r.Errorf("the sum of chunk %d is another", i)
					}
				}
			})
		})
	}
}

func isLeft(c *Chunk, ref uint64) bool {
	number := int(ref - c.Ref)
	return number/64 < len(c.Left) && c.Left[number/64]&(1<<(number%64)) != 0
}
