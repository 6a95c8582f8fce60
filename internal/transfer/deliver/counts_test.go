package deliver

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

func TestCheckFindsWhatDoesNotAddUp(t *testing.T) {
	counted := func() *Counts {
		c := newCounts(Counters{})
		c.build([]customerio.Operation{{Action: customerio.Page}})
		c.Add(&RowCounts{Read: 3, Person: 1})
		c.Skip("noise", 1)
		c.reject(ledger.Events, "not_json")
		c.Accepted[customerio.Page]++
		return &c
	}
	if err := counted().Check(); err != nil {
		t.Errorf("sound counts: %v", err)
	}
	for name, spoil := range map[string]func(*Counts){
		"a row read and lost":         func(c *Counts) { c.Read++ },
		"a row counted twice":         func(c *Counts) { c.Person++ },
		"an operation without answer": func(c *Counts) { c.Built[customerio.Identify]++ },
		"an answer too many":          func(c *Counts) { c.Accepted[customerio.Page]++ },
	} {
		spoilt := counted()
		spoil(spoilt)
		if spoilt.Check() == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

// TestCountersInTheState checks the text that is stored in states, since every later version reads it.
func TestCountersInTheState(t *testing.T) {
	empty := newCounts(Counters{})
	text, err := json.Marshal(empty.counters(0))
	if err != nil {
		t.Fatal(err)
	}
	const none = `{"read":0,"person":0,"duplicate":0,"earlier":0,"skipped":{},"rejected":{},"accepted":{},"refused":{},` +
		`"people_rejected":{},"merges_rejected":{},"people_unchanged":0,"emails":0,"recent":0}`
	if string(text) != none {
		t.Errorf("counters of nothing:\n%s, want\n%s", text, none)
	}
	const some = `{"read":20,"person":1,"duplicate":2,"earlier":3,"skipped":{"noise":4},"rejected":{"not_json":5},"accepted":{"event":3,"identify":6},"refused":{"merge":7},` +
		`"people_rejected":{"no":8},"merges_rejected":{"never":9},"people_unchanged":10,"emails":2,"recent":11}`
	before, err := ReadCounters([]byte(some))
	if err != nil {
		t.Fatal(err)
	}
	if before.Sent() != 3 || before.People() != 4 {
		t.Errorf("%d rows and %d people were sent, want 3 and 4", before.Sent(), before.People())
	}
	c := newCounts(before)
	if text, err = json.Marshal(c.counters(0)); err != nil || string(text) != some {
		t.Errorf("resumed, and nothing done:\n%s, want\n%s", text, some)
	}
	if c.Earlier != 6 {
		t.Errorf("%d rows were acknowledged before, want 3 by an earlier run and 3 before it was resumed", c.Earlier)
	}
	c.Accepted[customerio.Event], c.Refused[customerio.Event], c.Recent, c.Emails = 2, 1, 4, 1
	c.Read += 4
	got := c.counters(1)
	want := before
	want.Read, want.Recent, want.Emails = 23, 15, 3
	want.Accepted, want.Refused = map[customerio.Action]int64{"event": 5, "identify": 6}, map[customerio.Action]int64{"merge": 7, "event": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
}

// TestEachRowIsCountedOnce counts rows one by one and adds them to others, which had none of some kinds.
func TestEachRowIsCountedOnce(t *testing.T) {
	var c, all RowCounts
	c.Row()
	c.PersonRow()
	c.Repeats(3, 5)
	c.Skip("noise", 7)
	c.Skip("noise", 1)
	c.Skip("too_old", 2)
	want := RowCounts{Read: 20, Person: 1, Earlier: 3, Duplicate: 5, Skipped: map[string]int64{"noise": 8, "too_old": 2}}
	all.Add(&RowCounts{})
	if all.Skipped != nil {
		t.Error("nothing was skipped, and there is a map")
	}
	all.Add(&c)
	for name, got := range map[string]RowCounts{"counted": c, "added": all} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	all.Add(&c)
	if all.Read != 40 || all.Person != 2 || all.Earlier != 6 || all.Duplicate != 10 || all.Skipped["noise"] != 16 {
		t.Errorf("added twice: %+v", all)
	}
}

// TestAResultIsCountedWithItsOperations counts operations of several actions, and of one action apart.
func TestAResultIsCountedWithItsOperations(t *testing.T) {
	c := newCounts(Counters{Unchanged: 1})
	r := &Result{Rows: RowCounts{Read: 5, Person: 1}, Unchanged: 2}
	for _, action := range []customerio.Action{customerio.Event, customerio.Event, customerio.Page, customerio.Event} {
		r.Operations = append(r.Operations, customerio.Operation{Action: action})
	}
	c.add(r)
	if diff := cmp.Diff(map[customerio.Action]int64{customerio.Event: 3, customerio.Page: 1}, c.Built); diff != "" {
		t.Errorf("built (-want +got):\n%s", diff)
	}
	if c.Read != 5 || c.Person != 1 || c.Unchanged != 3 {
		t.Errorf("counted %+v", c)
	}
}

// TestCountsShareNothingWithThoseBefore counts on from what was saved, which must stay as it was.
func TestCountsShareNothingWithThoseBefore(t *testing.T) {
	some := func() map[string]int64 { return map[string]int64{"a": 1} }
	accepted := map[customerio.Action]int64{customerio.Event: 1}
	c := newCounts(Counters{Skipped: some(), Rejected: some(), PeopleRejected: some(), MergesRejected: some(), Accepted: accepted})
	c.Skip("a", 1)
	for _, phase := range []ledger.Phase{ledger.Events, ledger.People, ledger.Merges, ledger.Emails} {
		c.reject(phase, "a")
	}
	c.accept(ledger.Events, customerio.Event, false)
	first, again := c.counters(0), c.counters(0)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("asked again (-want +got):\n%s", diff)
	}
	if again.Accepted[customerio.Event] != 2 || again.Skipped["a"] != 2 || again.Rejected["a"] != 2 || again.PeopleRejected["a"] != 3 || again.MergesRejected["a"] != 2 {
		t.Errorf("counted %+v", again)
	}
	for _, before := range []map[string]int64{c.Before.Skipped, c.Before.Rejected, c.Before.PeopleRejected, c.Before.MergesRejected} {
		if before["a"] != 1 {
			t.Errorf("what was counted before is %+v", c.Before)
		}
	}
	if accepted[customerio.Event] != 1 {
		t.Error("what was accepted before is changed")
	}
}

func TestCountersThatCannotBeRead(t *testing.T) {
	if c, err := ReadCounters(nil); err != nil || c.Read != 0 {
		t.Errorf("no text: %v, %v", c, err)
	}
	if _, err := ReadCounters([]byte("{")); err == nil {
		t.Error("half a text was read")
	}
}
