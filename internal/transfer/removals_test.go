package transfer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
)

// TestIdentifyWithoutRoomForRemovals unsets an attribute of people whose identifies come close to the largest
// operation, each a byte closer than the one before. An identify without room for the null is sent without it.
func TestIdentifyWithoutRoomForRemovals(t *testing.T) {
	t.Parallel()
	const persons = 40
	attributes := func(last int) string {
		var text strings.Builder
		for i := range 34 {
			fmt.Fprintf(&text, `"f%02d":%q,`, i, strings.Repeat("x", 900))
		}
		return fmt.Sprintf(`{%s"last":%q}`, &text, strings.Repeat("x", last))
	}
	who := customerio.Identifier{Key: customerio.ID, Value: "user_00"}
	room := customerio.MaxItem - len(customerio.AppendIdentify(nil, who, []byte(attributes(0)), 0)) - persons
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "events.jsonl")
	night := func(second int, properties func(i int) string) map[string]int {
		var rows strings.Builder
		for i := range persons {
			fmt.Fprintf(&rows, `{"event":"$set","distinct_id":"user_%02d","timestamp":"2026-01-01T00:00:%02dZ","properties":%s}`+"\n", i, second, properties(i))
		}
		if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		plan := newPlan(t, mapping.Options{Unset: "remove"}, path)
		to := &destination{came: map[string]int{}, left: 1 << 30, refuse: func([]byte) bool { return false }}
		plan.Sender = to
		store := openStore(t, dir)
		defer store.Close()
		first := firstPassOf(t, store, plan)
		defer first.Close()
		run := begunIn(t, store, first)
		plan.Ledger = run
		if _, err := Send(t.Context(), first, plan.Delivery); err != nil {
			t.Fatal(err)
		}
		if err := run.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: runTime}); err != nil {
			t.Fatal(err)
		}
		return to.came
	}
	night(1, func(int) string { return `{"$set":{"plan":"pro"}}` })
	removed := 0
	came := night(2, func(i int) string { return fmt.Sprintf(`{"$set":%s,"$unset":["plan"]}`, attributes(room+i)) })
	for op := range came {
		if !json.Valid([]byte(op)) {
			t.Errorf("an identify of %d bytes is no JSON; it ends with %s", len(op), op[len(op)-40:])
		}
		if strings.Contains(op, `"plan":null`) {
			removed++
		}
	}
	if len(came) != persons || removed == 0 || removed == persons {
		t.Errorf("%d identifies, %d of which remove the attribute; want %d, some of which do", len(came), removed, persons)
	}
}
