package transfer

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ph2cio/internal/mapping"
)

// TestTheSpanIsOfRowsToSend takes no time of a row that is noise, or in the future without another time, and the
// created_at of one that has one.
func TestTheSpanIsOfRowsToSend(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.jsonl")
	rows := `{"event":"$autocapture","distinct_id":"user_1","timestamp":"2026-01-01T10:00:00Z","properties":{}}
{"event":"Bought","distinct_id":"user_1","timestamp":"2026-03-05T10:00:00Z","properties":{}}
{"event":"Bought","distinct_id":"user_1","timestamp":"2097-03-05T10:00:00Z","created_at":"2026-03-02T08:00:00Z","properties":{}}
{"event":"Bought","distinct_id":"user_1","timestamp":"2097-03-05T10:00:00Z","properties":{}}
`
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	summary, _ := newPlan(t, mapping.Options{}, path).sent(t)
	want := Span{time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)}
	if !summary.Times.First.Equal(want.First) || !summary.Times.Last.Equal(want.Last) {
		t.Errorf("%v, want %v", summary.Times, want)
	}
}
