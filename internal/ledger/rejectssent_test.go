package ledger

import (
	"maps"
	"testing"
)

// TestARejectClosesWhenItsEventIsSent rejects rows of events, one of them on a day that is not known, and then
// sends the events in runs after it.
func TestARejectClosesWhenItsEventIsSent(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	event := func(day, random byte) (k Key) { // the sixth byte of a key changes within the second
		k[2], k[15] = day, random
		return k
	}
	first, err := s.Begin(t.Context(), start(), nil)
	if err == nil {
		err = first.Save(&Step{Phase: Events, Counters: []byte("{}"), Rejects: []Reject{
			{Events, 1, "a", Key{1}, event(1, 1), "", false, []byte("{}")}, {Events, 2, "a", Key{2}, event(1, 2), "", false, []byte("{}")},
			{Events, 3, "b", Key{3}, event(0, 3), "", false, []byte("{}")}, {Events, 4, "c", Key{4}, Key{}, "", false, []byte("{}")},
			{Events, 5, "b", Key{5}, event(1, 1), "", false, []byte("{}")},
		}}, night)
	}
	if err == nil {
		err = first.Finish(t.Context(), Ending{Outcome: Rejected, At: night})
	}
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string, want map[string]int64, closed int) {
		t.Helper()
		reasons, err := s.OpenReasons(t.Context())
		keys, err2 := s.ClosedRejectKeys(t.Context(), 0)
		all, err3 := s.RejectKeys(t.Context(), 0)
		if err != nil || err2 != nil || err3 != nil || !maps.Equal(reasons, want) || len(keys) != closed || len(all) != 5 {
			t.Errorf("%s: open %v, %d closed of %d, %v %v %v, want %v and %d closed of 5", when, reasons, len(keys), len(all), err, err2, err3, want, closed)
		}
	}
	check("nothing is sent", map[string]int64{"a": 2, "b": 2, "c": 1}, 0)
	second, err := s.Begin(t.Context(), start(), nil)
	if err == nil {
		err = second.Save(&Step{Phase: Events, Counters: []byte("{}"), Sent: []Sent{{Key: event(1, 1)}, {Key: event(2, 2)}}}, night)
	}
	if err != nil {
		t.Fatal(err)
	}
	check("one event is sent, the other on another day", map[string]int64{"a": 1, "b": 1, "c": 1}, 2)
	if err := second.Save(&Step{Phase: Events, Counters: []byte("{}"), Sent: []Sent{{Key: event(2, 3)}}}, night); err != nil {
		t.Fatal(err)
	}
	check("the event whose day was not known is sent", map[string]int64{"a": 1, "c": 1}, 3)
	waits := Step{Phase: Events, Counters: []byte("{}")}
	waits.AddCorrections([]Correction{{event(1, 2), Key{2}}, {event(1, 4), Key{9}}})
	if err := second.Save(&waits, night); err != nil {
		t.Fatal(err)
	}
	check("the rejected row itself waits, and one of an event that was not rejected", map[string]int64{"a": 1, "c": 1}, 3)
	events, err := s.OpenEvents(t.Context())
	if err != nil || events.Empty() || !events.Has(event(1, 2)) || events.Has(event(1, 1)) || events.Has(event(2, 3)) {
		t.Errorf("open are %v, %v", events, err)
	}
	if n, err := s.Dismiss(t.Context(), "c", night); n != 1 || err != nil {
		t.Errorf("%d dismissed, %v, want 1", n, err)
	}
	check("one is dismissed", map[string]int64{"a": 1}, 4)
	if open, err := s.OpenRejects(t.Context()); err != nil || open.Rows != 1 || len(open.Sources) != 1 {
		t.Errorf("open %+v, %v, want one row of one source", open, err)
	}
	var texts int
	for one, err := range s.AllOpenRejects(t.Context()) {
		if texts++; err != nil || one.Number != 2 {
			t.Errorf("open %+v, %v", one, err)
		}
	}
	if texts != 1 {
		t.Errorf("%d open rejects listed, want 1", texts)
	}
}

// TestARejectClosesWhenItsEventWaits rejects a row whose day is not known, which another row of the event
// corrects.
func TestARejectClosesWhenItsEventWaits(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run := begin(t, s, nil, nil)
	step := Step{Phase: Events, Counters: []byte("{}"), Rejects: []Reject{{Events, 1, "a", Key{1}, Key{15: 3}, "", false, []byte("{}")}}}
	if err := run.Save(&step, night); err != nil {
		t.Fatal(err)
	}
	finish(t, run, Ending{})
	run = begin(t, s, nil, nil)
	waits := Step{Phase: Events, Counters: []byte("{}"), Corrections: []Correction{{Key{2: 1, 15: 3}, Key{2}}}}
	if err := run.Save(&waits, night); err != nil {
		t.Fatal(err)
	}
	open, err := s.OpenRejects(t.Context())
	events, err2 := s.OpenEvents(t.Context())
	if open.Rows != 0 || !events.Empty() || err != nil || err2 != nil {
		t.Errorf("%d rows are open, %v, %v %v, want none", open.Rows, events, err, err2)
	}
}
