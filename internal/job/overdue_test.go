package job

import (
	"testing"
	"time"

	"ph2cio/internal/source"
)

func TestOverdue(t *testing.T) {
	now := time.Date(2026, 3, 4, 2, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		written time.Duration // after now
		late    bool
	}{
		{-time.Hour, false}, {-24 * time.Hour, false}, {-25 * time.Hour, true},
		{time.Hour, false}, {25 * time.Hour, true}, {24 * 365 * time.Hour, true},
	} {
		one := &source.Incomplete{Manifest: "night_manifest.json", Missing: []string{"night-0.jsonl"}, Files: 1, Since: now.Add(test.written)}
		if late := len(Overdue([]*source.Incomplete{one}, now, 24*time.Hour)) > 0; late != test.late {
			t.Errorf("a manifest written %v from now: overdue %v", test.written, late)
		}
	}
}
