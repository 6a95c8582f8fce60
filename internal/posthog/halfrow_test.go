package posthog

import (
	"os"
	"slices"
	"testing"
	"time"

	"ph2cio/internal/source"
)

func TestHalfARowIsLeftOutOnlyWhereNothingElseIsWrong(t *testing.T) {
	const line, header = `{"event":"a","distinct_id":"u"}` + "\n", "uuid,event,distinct_id,properties\n"
	for _, test := range []struct {
		name, text string
		rows, bad  int
		left       bool
	}{
		{"whole", line + line, 2, 0, false},
		{"whole without a newline", line + line[:len(line)-1], 2, 0, false},
		{"half", line + line[:9], 1, 0, true},
		{"half of two bytes", line + line[:2], 1, 0, true},
		{"nothing but half", line[:20], 0, 0, true},
		{"broken but ended", line + line[:9] + "\n", 1, 1, false},
		{"whole JSON but no event", line + `{"a":1}`, 1, 1, false},
		{"CSV", header + ",a,u,{}\n,b,u,{}\n", 2, 0, false},
		{"CSV that may go on", header + ",a,u,{}\n,b,u,{}", 1, 0, true},
		{"CSV cut in a double quote", header + ",a,u,{}\n,b,u,\"{\"", 1, 0, true},
		{"CSV cut after a line in quotes", header + ",a,u,{}\n,b,u,\"{\"\"c\n", 1, 0, true},
		{"CSV with too few cells", header + ",a,u,{}\n,b,u", 1, 0, true},
		{"CSV with too many cells", header + ",a,u,{}\n,b,u,{},,\n", 1, 1, false},
		{"CSV with an open quote", header + ",a,u,{}\n,b,u,\"{\"\"c", 1, 0, true},
		{"CSV over lines", header + ",a,u,{}\n,b,u,\"{\"\"c\n\nd,,,,\ne", 1, 0, true},
		{"CSV with a stray quote before good rows", header + ",a,u,\"{}\n,b,u,{}\n,c,u,{}", 2, 1, false},
		{"CSV of nothing but half", header + ",a", 0, 0, true},
	} {
		for _, window := range []int{0, 64} {
			input := sourceOf(t, "rows", []byte(test.text))
			rows, troubles := readRows(t, []source.Source{input}, Options{WrittenSince: time.Now().Add(-time.Hour), window: window})
			bad := len(slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.Reason == "" }))
			left := len(troubles) == 1 && troubles[0].Kind == Warning
			if len(rows)-bad != test.rows || bad != test.bad || left != test.left || !left && len(troubles) > 0 {
				t.Errorf("%s, window %d: %d rows, %d bad, left out %v, want %d, %d, %v: %v", test.name, window, len(rows)-bad, bad, left, test.rows, test.bad, test.left, troubles)
			}
		}
	}
}

func TestHalfARowOfACompressedFileIsRejected(t *testing.T) {
	input := sourceOf(t, "rows", zip(t, []byte(`{"event":"a","distinct_id":"u"}`+"\n"+`{"event"`), false))
	rows, troubles := readRows(t, []source.Source{input}, Options{WrittenSince: time.Now().Add(-time.Hour)})
	if len(rows) != 2 || rows[1].Reason != NotJSON || len(troubles) > 0 {
		t.Errorf("got %v and %v, want the second row rejected", rows, troubles)
	}
}

func TestNothingIsLeftOutOfAFileThatIsWrittenNoMore(t *testing.T) {
	input := sourceOf(t, "rows", []byte("uuid,event,distinct_id,properties\n,a,u,{}\n,b,u,{}"))
	long := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(input.Name, long, long); err != nil {
		t.Fatal(err)
	}
	rows, troubles := readRows(t, []source.Source{input}, Options{WrittenSince: time.Now().Add(-time.Hour)})
	if len(rows) != 2 || len(troubles) > 0 {
		t.Errorf("got %v and %v, want both rows", rows, troubles)
	}
}
