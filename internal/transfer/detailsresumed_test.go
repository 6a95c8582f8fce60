package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
)

// TestDetailsOfARunThatIsResumed stops a run after each batch. Some of its rows an earlier run has sent, corrects or
// has rejected, and some Customer.io refuses.
func TestDetailsOfARunThatIsResumed(t *testing.T) {
	t.Parallel()
	const many = 12
	row := func(n int, at, created, note string) string {
		return fmt.Sprintf(`{"uuid":"019cb84c-40bc-7204-b360-%012d","event":"Bought","distinct_id":"user_%d","timestamp":%q,"created_at":"2026-03-%sT10:00:00Z","properties":{"note":%q}}`+"\n",
			n, n%3, at, created, note)
	}
	// So much noise makes several chunks.
	noise := fmt.Sprintf(`{"event":"$autocapture","distinct_id":"user_1","timestamp":"2026-03-08T10:00:00Z","properties":{"p":%q}}`+"\n", strings.Repeat("x", 600<<10))
	var before, after strings.Builder
	for n := range many {
		before.WriteString(row(n, fmt.Sprintf("2026-03-%02dT10:00:00Z", n%5+1), "10", "first"))
		before.WriteString(row(100+n, "never", "10", "first"))
	}
	after.WriteString(before.String())
	for n := range many / 2 {
		after.WriteString(row(n, fmt.Sprintf("2026-03-%02dT10:00:00Z", n%5+1), "11", "corrected"))
		after.WriteString(row(200+n, "2026-03-08T10:00:00Z", "11", "new"))
		after.WriteString(row(300+n, "2026-03-09T10:00:00Z", "11", "refuse me"))
		after.WriteString(noise)
	}
	dir, exports := t.TempDir(), t.TempDir()
	export := func(name, text string) string {
		path := filepath.Join(exports, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first, second := export("first.jsonl", before.String()), export("second.jsonl", after.String())
	// send sends as much of an export as it can before the destination goes away.
	send := func(path string, batches int, most MaxRejects) (*Summary, error) {
		plan := newPlan(t, mapping.Options{}, path)
		plan.BatchItems, plan.Details, plan.MaxRejects = 1, PersonalDetails, most
		plan.mostTail = 1
		plan.Sender = &destination{came: map[string]int{}, left: batches, refuse: func(op []byte) bool { return bytes.Contains(op, []byte("refuse me")) }}
		store := openStore(t, dir)
		pass := firstPassOf(t, store, plan)
		run := begunIn(t, store, pass)
		plan.Ledger = run
		summary, err := Send(t.Context(), pass, plan.Delivery)
		if wrong := wrongDetails(summary, pass.Rows); wrong != "" && !errors.Is(err, errGone) {
			t.Errorf("%v: %s", err, wrong)
		}
		if err == nil {
			err = run.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: runTime})
		}
		if closed := errors.Join(pass.Close(), store.Close()); closed != nil {
			t.Fatal(closed)
		}
		return summary, err
	}
	if _, err := send(first, 1<<30, MaxRejects{}); err != nil {
		t.Fatal(err)
	}
	limited := false
	for stops := 0; ; stops++ {
		if stops == many-3 { // some rows are refused by now
			summary, err := send(second, 1<<30, MaxRejects{Count: 1})
			if _, ok := errors.AsType[*TooManyRejects](err); !ok || summary.Rows.Read == 0 || len(summary.Details.Days) == 0 {
				t.Errorf("%d rows, %v", summary.Rows.Read, err)
			}
			limited = true
		}
		summary, err := send(second, 1, MaxRejects{})
		if err != nil && (!errors.Is(err, errGone) || stops > 10*many) {
			t.Fatal(err)
		}
		if err != nil {
			continue
		}
		rows := summary.Rows
		if rows.Skipped[mapping.ReasonRejectedBefore] != many || rows.Skipped[mapping.ReasonCorrectedLate] != many/2 || rows.Rejected["api:invalid"] != many/2 || !limited {
			t.Errorf("%+v after %d stops", rows, stops)
		}
		return
	}
}
