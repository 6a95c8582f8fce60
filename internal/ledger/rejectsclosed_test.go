package ledger

import (
	"testing"
)

// TestWhichRejectsARunCloses has rejects of rows of two files, and a run that reads files again. It closes
// the rejects of those files that it has read completely, under the same name or another one.
func TestWhichRejectsARunCloses(t *testing.T) {
	t.Parallel()
	a, b := start().Sources[0], start().Sources[1] // rows 0 to 199, and 200 to 499
	b.Trouble = ""
	repaired, shorter := a, a
	repaired.Fingerprint, repaired.Rows = "of the repaired", 201
	shorter.Fingerprint, shorter.Rows = "of the shorter", 199
	renamed := a
	renamed.Path = "/exports/renamed.jsonl"
	repairedRenamed := renamed
	repairedRenamed.Fingerprint = "of the repaired"
	for _, c := range []struct {
		name    string
		between []Source // of a run in between, which retries nothing
		last    []Source // of the run that ends
		reread  []Source
		retried []Phase
		rows    int64 // that are open then
		people  int64
	}{
		{name: "nothing is tried again", last: []Source{a, b}, reread: []Source{a, b}, rows: 4, people: 1},
		{name: "people are, for which no file counts", retried: []Phase{People}, rows: 4},
		{name: "a file of the same name", last: []Source{b}, retried: []Phase{Events}, rows: 2, people: 1},
		{name: "both files, and people", last: []Source{a, b}, retried: []Phase{People, Events}},
		{name: "a repaired file", last: []Source{repaired}, retried: []Phase{Events}, rows: 2, people: 1},
		{name: "a file that has lost a row", last: []Source{shorter}, retried: []Phase{Events}, rows: 4, people: 1},
		{name: "a file that the run has read under another name", last: []Source{renamed}, reread: []Source{a}, retried: []Phase{Events}, rows: 2, people: 1},
		{name: "another file that the run has read", last: []Source{renamed}, retried: []Phase{Events}, rows: 4, people: 1},
		{name: "a file of that name with other rows", last: []Source{renamed}, reread: []Source{shorter}, retried: []Phase{Events}, rows: 4, people: 1},
		{
			name: "a repaired file that an earlier run has read under the new name", between: []Source{renamed}, last: []Source{repairedRenamed},
			retried: []Phase{Events}, rows: 2, people: 1,
		},
		{
			name: "a file of which an earlier run has read other rows", between: []Source{repairedRenamed}, last: []Source{repairedRenamed},
			retried: []Phase{Events}, rows: 4, people: 1,
		},
	} {
		s := open(t, t.TempDir())
		first := begin(t, s, nil, func(of *Start) { of.Sources = []Source{a, b} })
		rejects := func(run *Run, numbers ...uint64) {
			t.Helper()
			step := Step{Phase: Events, Counters: []byte("{}")}
			for _, n := range numbers {
				step.AddReject(Reject{Phase: Events, Number: n, Reason: "not_json", Key: Key{byte(run.ID), byte(n)}, Text: []byte("{}")})
			}
			if err := run.Save(&step, night); err != nil {
				t.Fatal(err)
			}
		}
		rejects(first, 0, 199, 200, 499)
		person := Step{Phase: People, Counters: []byte("{}"), Rejects: []Reject{{Phase: People, Number: 1, Reason: "no_id", Text: []byte("{}")}}}
		if err := first.Save(&person, night); err != nil {
			t.Fatal(err)
		}
		finish(t, first, Ending{})
		if c.between != nil {
			finish(t, begin(t, s, nil, func(of *Start) { of.Sources = c.between }), Ending{})
		}
		last := begin(t, s, nil, func(of *Start) { of.Sources = c.last })
		rejects(last, 5)
		finish(t, last, Ending{Retried: c.retried, Reread: c.reread})
		got, err := s.OpenRejects(t.Context())
		if got.Rows != c.rows+1 || got.People != c.people || err != nil {
			t.Errorf("%s: %d rows and %d people are open, %v, want %d and %d", c.name, got.Rows-1, got.People, err, c.rows, c.people)
		}
	}
}

// Rejects that are only listed count neither as reasons nor as open, and come back as closed.
func TestListedRejects(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run := begin(t, s, nil, nil)
	listed := Reject{Phase: Events, Number: 3, Reason: "late", Key: Key{1}, Closed: true, Text: []byte(`{"reason":"late"}`)}
	step := Step{Phase: Events, Counters: []byte("{}"), Rejects: []Reject{listed, {Phase: Events, Number: 1, Reason: "not_json", Key: Key{2}, Text: []byte("{}")}}}
	if err := run.Save(&step, night); err != nil {
		t.Fatal(err)
	}
	var closed []bool
	for one, err := range run.Rejects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		closed = append(closed, one.Closed)
	}
	if len(closed) != 2 || closed[0] || !closed[1] {
		t.Errorf("closed are %v, want the second", closed)
	}
	reasons, err := run.Reasons(t.Context())
	if len(reasons) != 1 || reasons["not_json"] != 1 || err != nil {
		t.Errorf("reasons %v, %v", reasons, err)
	}
	keys, err := s.RejectKeys(t.Context(), 0)
	if len(keys) != 1 || keys[0] != (Key{2}) || err != nil {
		t.Errorf("keys %v, %v", keys, err)
	}
}
