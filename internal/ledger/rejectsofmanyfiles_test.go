package ledger

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestRejectsOfManyFilesAreClosedAtOnce has a rejected row in each of many files, all of which a later run
// has read again. To compare each row with each file, and that with each file of the run, would take many
// minutes.
func TestRejectsOfManyFilesAreClosedAtOnce(t *testing.T) {
	t.Parallel()
	const files = 3000
	var sources []Source
	step := Step{Phase: Events, Counters: []byte("{}")}
	for i := range files {
		sources = append(sources, Source{Path: fmt.Sprintf("/exports/%05d.jsonl", i), Fingerprint: fmt.Sprint(i), First: uint64(2 * i), Rows: 2})
		step.AddReject(Reject{Phase: Events, Number: uint64(2*i + 1), Reason: "person_rejected", Person: fmt.Sprint(i), Text: []byte("{}")})
	}
	for _, retried := range [][]Phase{nil, {Events}} {
		s := open(t, t.TempDir())
		all := func(of *Start) { of.Sources = sources }
		first := begin(t, s, nil, all)
		if err := first.Save(&step, night); err != nil {
			t.Fatal(err)
		}
		finish(t, first, Ending{Outcome: Rejected, At: night})
		second := begin(t, s, nil, all)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		err := second.Finish(ctx, Ending{Outcome: Done, At: night, Reread: sources, Retried: retried})
		cancel()
		open, err2 := s.OpenRejects(t.Context())
		if err != nil || err2 != nil || open.Rows != 0 {
			t.Errorf("phases tried again: %v; %d rows are open: %v, %v", retried, open.Rows, err, err2)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRejectsAreFoundByIndexes asks the database how it finds what each night asks for. It must not read all
// rejects that there ever were.
func TestRejectsAreFoundByIndexes(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for condition, index := range map[string]string{isFreed: "rejected_people", isOpen: "open_rejects"} {
		rows, err := s.db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+selectRejectedRows(condition), 0)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := rows.Err(); err != nil || len(plan) == 0 || !strings.Contains(plan[0], "INDEX "+index) {
			t.Errorf("the plan is %q, %v; want the index %s", plan, err, index)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
