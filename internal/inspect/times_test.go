package inspect

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/mapping"
	"ph2cio/internal/testkit/plans"
)

func TestInspectTellsTimesThatCannotBeUsed(t *testing.T) {
	in := inspect(t, plans.New(t, mapping.Options{}, writeRows(t, "times.jsonl",
		`{"event":"x","distinct_id":"u","timestamp":"2026-03-04T09:15:27.5Z"}`,
		`{"event":"x","distinct_id":"u","timestamp":"2031-03-04T09:15:27Z","created_at":"2026-03-05T00:00:00Z"}`,
		`{"event":"$autocapture","distinct_id":"u","timestamp":"2025-01-01"}`,
		`{"event":"$autocapture","distinct_id":"u","timestamp":"2025-01-01T00:00:00Z"}`,
		`{"event":"x","distinct_id":"u"}`,
		`{"event":"x","distinct_id":"u","timestamp":"2031-03-04T09:15:27Z"}`)))
	want := Times{
		First: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Last: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC),
		Unusable: map[string]int64{mapping.ReasonBadTimestamp: 2, mapping.ReasonFutureTimestamp: 1},
	}
	if diff := cmp.Diff(want, in.Times); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
