package posthog

import (
	"strings"
	"testing"

	"ph2cio/internal/source"
)

func TestLoneReturnsAreRefused(t *testing.T) {
	const header, line = "uuid,event,distinct_id,timestamp", "U1,A,u1,2026-03-04T10:00:00Z"
	tests := map[string]struct {
		text string
		rows int // -1 is refused
	}{
		"CSV":                       {header + "\r" + line + "\r", -1},
		"CSV without an end":        {header + "\r" + line, -1},
		"JSON lines":                {`{"event":"a","distinct_id":"u"}` + "\r" + `{"event":"a","distinct_id":"u"}` + "\r", -1},
		"a header and its line end": {header + "\r", 0},
		"CRLF":                      {header + "\r\n" + line + "\r\n", 1},
		"one in a cell":             {header + "\n" + `U1,"A` + "\r" + `B",u1,2026-03-04T10:00:00Z` + "\n", 1},
	}
	for name, test := range tests {
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "a", []byte(test.text))}, Options{})
		refused := len(troubles) == 1 && troubles[0].Kind == Refused && strings.Contains(troubles[0].Error(), "carriage return")
		if refused != (test.rows < 0) || test.rows >= 0 && (len(rows) != test.rows || len(troubles) > 0) {
			t.Errorf("%s: %d rows, %v", name, len(rows), troubles)
		}
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]int64{
		"4242": 4242, "4242.0": 4242, "-1.00": -1, "2.": 2, "0": 0, "": 0, "1.5": 0, ".0": 0, "x": 0, "2,000": 0, "1e3": 0, "9999999999999999999": 0,
	} {
		if got, _ := number([]byte(text)); got != want {
			t.Errorf("number(%q) = %d, want %d", text, got, want)
		}
	}
}
