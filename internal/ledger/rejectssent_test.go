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
