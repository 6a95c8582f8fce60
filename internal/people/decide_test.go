package people

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/posthog"
)

func withAttributes(id, attributes string) posthog.Event {
	return posthog.Event{Name: b("Opened"), DistinctID: b(id), PersonProperties: b(attributes)}
}

func TestIdentifierByPreference(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		withAttributes("first", `{"email":"Maya@example.com","cio_id":"cio_0a"}`),
		withAttributes("later", `{"email":" maya@EXAMPLE.com "}`),
		withAttributes("other", `{"email":"jonas@example.com","cio_id":" 0b "}`),
		withAttributes("bare", `{"email":"none"}`),
	)
	for _, test := range []struct {
		by        []By
		want      []string
		conflicts int
	}{
		{nil, []string{"first id first", "later id later", "other id other", "bare id bare"}, 1},
		{[]By{ByID, ByEmail}, []string{"first id first", "later id later", "other id other", "bare id bare"}, 1},
		{[]By{ByEmail}, []string{"later email maya@EXAMPLE.com", "other email jonas@example.com"}, 0},
		{[]By{ByEmail, ByID}, []string{"first id first", "later email maya@EXAMPLE.com", "other email jonas@example.com", "bare id bare"}, 1},
		{[]By{ByEmail, ByCioID}, []string{"first cio_id 0a", "later email maya@EXAMPLE.com", "other email jonas@example.com", "bare id bare"}, 1},
		{[]By{ByCioID}, []string{"first cio_id 0a", "other cio_id 0b"}, 0},
	} {
		t.Run(fmt.Sprint(test.by), func(t *testing.T) {
			t.Parallel()
			s := decided(Options{}, Choice{By: test.by}, rows)
			var got []string
			for p := range s.People() {
				got = append(got, fmt.Sprintf("%s %s %s", p.DistinctID, p.By, p.Value))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("people (-want +got):\n%s", diff)
			}
			counts := s.Count(0)
			if counts.EmailConflicts != test.conflicts || counts.ByChoice[Identified].Total() != len(test.want) {
				t.Errorf("counts %+v, want %d conflicts and %d profiles", counts, test.conflicts, len(test.want))
			}
			if _, status := s.Lookup(b("bare")); (status == NoIdentifier) != (len(test.want) == 2) {
				t.Errorf("somebody without email and cio_id is %v", status)
			}
		})
	}
}

// TestEmailGoesToWhoSetItLast also wants the others sent without it, and everybody to keep what is no
// address.
func TestEmailGoesToWhoSetItLast(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		withAttributes("1", `{"email":"x"}`),
		withAttributes("2", `{"email":"maya@example.com","plan":"a"}`),
		withAttributes("3", `{"plan":"b"}`),
		withAttributes("4", `{"email":"MAYA@example.com","plan":"c"}`),
		posthog.Event{Name: b("$set"), DistinctID: b("3"), Set: b(`{"email":"Maya@Example.com"}`)},
		withAttributes("5", `{"email":"x"}`),
	)
	s := decided(Options{}, Choice{}, rows)
	var got []string
	for p := range s.People() {
		got = append(got, string(s.AppendAttributes(nil, p)))
	}
	want := []string{`{"email":"x"}`, `{"plan":"a"}`, `{"email":"Maya@Example.com","plan":"b"}`, `{"plan":"c"}`, `{"email":"x"}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if n := s.Count(0).EmailConflicts; n != 2 {
		t.Errorf("%d conflicts, want 2", n)
	}
	if diff := cmp.Diff([]string{"2 lost maya@example.com to 3", "4 lost MAYA@example.com to 3"}, conflicts(s)); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
	if _, _, lost := s.LostEmail(&s.persons[2]); lost {
		t.Error("the one who has the email has lost it")
	}
}

func conflicts(s *Directory) (all []string) {
	for c := range s.EmailConflicts() {
		email, holder, _ := s.LostEmail(c.Person)
		all = append(all, fmt.Sprintf("%s lost %s to %s", c.Person.DistinctID, email, holder))
	}
	return all
}

// TestWhoIsNotSentKeepsNoEmail has somebody lose the cio_id that people must have, and with it the email.
func TestWhoIsNotSentKeepsNoEmail(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		withAttributes("1", `{"cio_id":"0a","email":"maya@example.com"}`),
		withAttributes("2", `{"cio_id":"0b","email":"maya@example.com"}`),
		withAttributes("3", `{"cio_id":"cio_0b"}`),
	)
	s := decided(Options{}, Choice{By: []By{ByCioID}}, rows)
	var got []string
	for p := range s.People() {
		got = append(got, p.Value+string(s.AppendAttributes(nil, p)))
	}
	if diff := cmp.Diff([]string{`0a{"cio_id":"0a","email":"maya@example.com"}`, `0b{"cio_id":"cio_0b"}`}, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

func TestWithEmailLeavesOutTheOthers(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		withAttributes(visitor, `{"email":"maya@example.com"}`),
		withAttributes("user_1", `{"email":"call me"}`),
		withAttributes("user_2", `{}`),
	)
	s := decided(Options{}, Choice{Who: WithEmail}, rows)
	for id, want := range map[string]Status{visitor: Sent, "user_1": NoEmail, "user_2": NoEmail, "user_9": NoEmail, "null": Illegal} {
		if _, got := s.Lookup(b(id)); got != want {
			t.Errorf("Lookup(%s) is %v, want %v", id, got, want)
		}
	}
	if c := s.Count(0); c.Sent != 1 || c.ShapeOnly != 0 {
		t.Errorf("counts %+v, want one person, and nobody left out by shape", c)
	}
}

// TestNeedEvents wants people without an event to send known, but without an identify, a merge or a claim to
// an email that somebody with an identify has too.
func TestNeedEvents(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		withAttributes("quiet", `{}`),
		withAttributes("busy", `{"email":"maya@example.com"}`),
		posthog.Event{Name: b("$identify"), DistinctID: b("quiet"), AnonDistinctID: b("anon"), PersonProperties: b(`{"email":"maya@example.com","n":1}`)},
	)
	rows[0].sends, rows[2].sends = false, false
	s := decided(Options{Events: true}, Choice{NeedEvents: true, Merges: MergeIdentify}, rows)
	var got []string
	for p := range s.People() {
		got = append(got, fmt.Sprint(p.Number, p.DistinctID, p.Events, string(s.AppendAttributes(nil, p))))
	}
	if diff := cmp.Diff([]string{`0busytrue{"email":"maya@example.com"}`}, got); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	p, status := s.Lookup(b("quiet"))
	if status != Sent || p.Number != 1 || p.Events || string(s.AppendAttributes(nil, p)) != `{"n":1}` {
		t.Errorf("somebody without events is %v, %+v", status, p)
	}
	for l := range s.Merges() {
		t.Errorf("a merge of %s into %s, who gets no identify", l.Value, l.Person.DistinctID)
	}
	if c := s.Count(0); c.Sent != 1 || c.ByChoice[Identified].Total() != 1 {
		t.Errorf("counts %+v, want one person", c)
	}
}

func TestStaleIsOlderThanThreeDays(t *testing.T) {
	t.Parallel()
	rows := rowsOf(withAttributes("old", `{"n":1}`), withAttributes("new", `{"n":1}`), withAttributes("timeless", `{"n":1}`))
	rows[0].CreatedAt.Micros, rows[1].CreatedAt.Micros = 1_000_999_999, 1_001_000_000
	rows[2].CreatedAt.State = posthog.Unreadable
	s := decided(Options{}, Choice{}, rows)
	if got := s.Count(1001 + 72*3600).Stale; got != 1 {
		t.Errorf("%d are stale, want 1", got)
	}
	if p, _ := s.Lookup(b("timeless")); p.Updated != 0 {
		t.Errorf("without any time, updated at %d", p.Updated)
	}
}

// TestEachAnonymousIDIsMergedOnce wants merges of accepted links alone, straight into the kept ID.
func TestEachAnonymousIDIsMergedOnce(t *testing.T) {
	t.Parallel()
	identify := func(id, anonymous string) posthog.Event {
		return posthog.Event{Name: b("$identify"), DistinctID: b(id), AnonDistinctID: b(anonymous), PersonProperties: b("{}")}
	}
	rows := rowsOf(
		identify("user_2", "anon_2"), identify("user_1", "anon_1"), identify("user_2", "anon_2"), identify("user_1", "anon_3"),
		identify("user_1", "user_1"), identify("user_1", "null"), identify("null", "anon_4"), identify("user_1", "user_2"),
		identify("user_2", "anon_1"),
		posthog.Event{Name: b("$pageview"), DistinctID: b("user_1"), AnonDistinctID: b("anon_9")},
	)
	s := decided(Options{}, Choice{Merges: MergeIdentify}, rows)
	var got []string
	for l := range s.Merges() {
		got = append(got, l.Value+" into "+l.Person.DistinctID)
	}
	want := []string{"anon_2 into user_2", "anon_1 into user_1", "anon_3 into user_1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	for l := range decided(Options{}, Choice{}, rows).Merges() {
		t.Errorf("a link to %s that nobody asked for", l.Value)
	}
}

func TestPeopleStopsWhenToldTo(t *testing.T) {
	t.Parallel()
	s := decided(Options{}, Choice{}, rowsOf(withAttributes("1", "{}"), withAttributes("2", "{}")))
	n := 0
	for range s.People() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d people, want 1", n)
	}
}
