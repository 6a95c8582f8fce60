package transfer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/mapping"
)

// TestEventsThatShareAUUID has an export in which 0.7% of the rows have the uuid of another one, but
// another name, distinct_id or day: every row is sent.
func TestEventsThatShareAUUID(t *testing.T) {
	const rows = 3000
	var text strings.Builder
	shared := 0
	for i := range rows {
		uuid, name, id, day := i, "Order Placed", "user_1", 1
		if i%143 == 1 {
			shared++
			uuid-- // that of the row before
			switch i % 3 {
			case 0:
				name = "Cart Viewed"
			case 1:
				id = "user_2"
			default:
				day = 2
			}
		}
		fmt.Fprintf(&text, `{"uuid":"0198a000-0000-7000-8000-%012x","event":%q,"distinct_id":%q,"timestamp":"2026-03-%02dT10:00:00Z"}`+"\n",
			uuid, name, id, day)
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := newPlan(t, mapping.Options{}, path)
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	summary, err := Send(t.Context(), first, plan.Delivery)
	if err != nil {
		t.Fatal(err)
	}
	if summary.Rows.Sent != rows || shared < rows*7/1000 {
		t.Errorf("%d of %d rows are sent, %d of which share a uuid", summary.Rows.Sent, rows, shared)
	}
}
