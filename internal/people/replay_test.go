package people

import (
	"fmt"
	"strings"
	"testing"

	"ph2cio/internal/posthog"
)

func setting(id, attributes string) posthog.Event {
	return posthog.Event{Name: b("Opened"), DistinctID: b(id), Set: b(attributes)}
}

func alias(target, source string) posthog.Event {
	return posthog.Event{Name: b("$create_alias"), DistinctID: b(target), Alias: b(source)}
}

func withPersonID(e posthog.Event, number int) posthog.Event {
	e.PersonID = fmt.Appendf(nil, "b1b32417-b0ba-5954-a245-%012d", number)
	return e
}

// mergedHistories are small histories of user_1 and others who turn out to be the same person.
var mergedHistories = []struct {
	name string
	rows []row
	want string
}{
	{"the target's values win", rowsOf(
		setting("user_1", `{"a":1,"b":null}`), setting("user_2", `{"a":2,"b":2,"c":2}`), alias("user_1", "user_2"),
	), `{"a":1,"c":2}`},
	{"whoever it is", rowsOf(
		setting("user_1", `{"a":1}`), setting("user_2", `{"a":2,"b":2}`), alias("user_2", "user_1"),
	), `{"a":2,"b":2}`},
	{"over those of somebody who was a target before", rowsOf(
		setting("user_1", `{"a":1}`), setting("user_2", `{"a":2,"b":2}`), setting("user_3", `{"a":3,"b":3,"c":3}`),
		alias("user_2", "user_3"), posthog.Event{Name: b("$merge_dangerously"), DistinctID: b("user_1"), Alias: b("user_2")},
	), `{"a":1,"b":2,"c":3}`},
	{"what comes after counts for both", rowsOf(
		setting("user_1", `{"a":1}`), setting("user_2", `{"a":2}`), alias("user_1", "user_2"), setting("user_2", `{"a":3}`),
	), `{"a":3}`},
	{"one person_id tells no time", rowsOf(
		withPersonID(setting("user_1", `{"a":1}`), 1), withPersonID(setting("user_2", `{"a":2}`), 1),
	), `{"a":2}`},
	{"where a link does", rowsOf(
		withPersonID(setting("user_1", `{"a":1}`), 1), withPersonID(setting("user_2", `{"a":2}`), 2), alias("user_1", "user_2"),
		withPersonID(setting("user_2", `{"b":2}`), 1),
	), `{"a":1,"b":2}`},
	{"a snapshot before the merge hides what was before it", rowsOf(
		setting("user_1", `{"a":1,"b":1}`), withAttributes("user_1", `{"c":1}`), setting("user_2", `{"a":2,"c":2}`), alias("user_1", "user_2"),
	), `{"a":2,"c":1}`},
	{"a snapshot after it hides all", rowsOf(
		setting("user_1", `{"a":1}`), setting("user_2", `{"b":2}`), alias("user_1", "user_2"), withAttributes("user_2", `{"c":1}`),
	), `{"c":1}`},
	{"a refused link moves nothing", rowsOf(
		posthog.Event{Name: b("$identify"), DistinctID: b("user_2"), AnonDistinctID: b("a2"), Set: b(`{"b":2}`)}, setting("user_1", `{"a":1}`),
		alias("user_1", "user_2"),
	), `{"a":1}`},
}

func TestMerges(t *testing.T) {
	t.Parallel()
	for _, test := range mergedHistories {
		for seed := range uint64(8) {
			for _, memory := range []int64{0, tiny} {
				s := decide(observe(test.rows, Options{Memory: memory}, 1, seed), Choice{})
				p, _ := s.Lookup(b("user_1"))
				if got := string(s.AppendAttributes(nil, p)); got != test.want {
					t.Errorf("%s: attributes are %s, want %s", test.name, got, test.want)
				}
			}
		}
	}
}

// TestMergesOverNights cuts the same into nights, after each row. That a row is read late changes nothing, as
// long as links come in the order of their nights.
func TestMergesOverNights(t *testing.T) {
	t.Parallel()
	for _, test := range mergedHistories {
		for _, late := range []bool{false, true} {
			n := nights{}
			all := test.rows
			if late {
				all = append(all[1:len(all):len(all)], all[0])
			}
			var last *Directory
			for _, r := range all {
				last = n.next(t, []row{r}, Choice{}, 1, 1)
			}
			if test.name == "a refused link moves nothing" && late {
				continue // nobody knows that user_2 is identified
			}
			p, _ := last.Lookup(b("user_1"))
			if got := string(last.AppendAttributes(nil, p)); got != test.want {
				t.Errorf("%s, late %v: attributes are %s, want %s", test.name, late, got, test.want)
			}
		}
	}
}

// TestHistoryTellsTheRowOfAMerge holds History, which tells where each attribute came from.
func TestHistoryTellsTheRowOfAMerge(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		setting("user_1", `{"a":1}`), setting("user_2", `{"a":2,"b":2}`), alias("user_1", "user_2"), setting("user_2", `{"c":3}`),
	)
	h := NewHistory(Options{})
	for i := range rows {
		h.Add(&rows[i].Event, LinkJoined, i == 2)
	}
	var got strings.Builder
	for a := range h.Attributes() {
		got.WriteString(fmt.Sprintf("%s=%s of row %d. ", a.Name, a.Value, a.Ref))
	}
	if want := "a=1 of row 0. b=2 of row 1. c=3 of row 3. "; got.String() != want {
		t.Errorf("%s, want %s", got.String(), want)
	}
}

// TestRowsThatMakeNobody holds that they alone are no reason for a profile, and which of them change
// somebody.
func TestRowsThatMakeNobody(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"$exception", "$$heatmap", "$ai_generation", "$feature_flag_called"} {
		e := posthog.Event{Name: b(name), DistinctID: b("user_1"), PersonProperties: b(`{"email":"maya@example.com"}`), IsIdentified: true}
		for _, who := range everyWho {
			s := decided(Options{Everybody: who == All}, Choice{Who: who}, rowsOf(e))
			if p, _ := s.Lookup(b("user_1")); p != nil || s.Count(0).Sent != 0 {
				t.Errorf("%s alone makes somebody, with --people %s", name, who)
			}
		}
		s := decided(Options{}, Choice{}, rowsOf(setting("user_1", `{"a":1}`), e))
		p, _ := s.Lookup(b("user_1"))
		want := `{"a":1}`
		if name == "$feature_flag_called" {
			want = `{"email":"maya@example.com"}`
		}
		if got := string(s.AppendAttributes(nil, p)); got != want {
			t.Errorf("after %s attributes are %s, want %s", name, got, want)
		}
		if !p.Events || s.Count(0).Events != 2 {
			t.Errorf("%s is no event of somebody who is there", name)
		}
	}
}

// TestTimestampsInTheFuture holds that created_at stands in for them, and that without it the row has no say.
func TestTimestampsInTheFuture(t *testing.T) {
	t.Parallel()
	at := func(e posthog.Event, created, stamp int64) posthog.Event {
		known := func(micros int64) posthog.Time { return posthog.Time{Micros: micros, State: posthog.Known} }
		e.Timestamp, e.CreatedAt = known(stamp), posthog.Time{State: posthog.Unreadable}
		if created != 0 {
			e.CreatedAt = known(created)
		}
		return e
	}
	rows := rowsOf(
		at(setting("user_1", `{"a":1,"b":1}`), 5, 5000), at(setting("user_1", `{"a":2}`), 6, 6), at(setting("user_1", `{"b":3}`), 5, 6),
		at(setting("user_1", `{"a":4}`), 0, 5000), at(setting("user_1", `{"a":5}`), 5000, 5000),
	)
	for now, want := range map[int64]string{1000: `{"a":2,"b":3}`, 0: `{"a":5,"b":1}`} {
		s := decided(Options{Now: now}, Choice{}, rows)
		p, _ := s.Lookup(b("user_1"))
		if got := string(s.AppendAttributes(nil, p)); got != want {
			t.Errorf("now is %d: attributes are %s, want %s", now, got, want)
		}
	}
}

// TestEmailIsADistinctID sends people by an email that is one of their IDs.
func TestEmailIsADistinctID(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		setting(" Maya@example.com ", `{"plan":"a"}`), setting("maya@EXAMPLE.com", `{"plan":"b"}`), setting("sam@example.com", `{"email":"s@example.com"}`),
		setting("user_1", `{"plan":"c"}`), alias("user_2", "kim@example.com"), setting("user_3", `{"email":"Ann@example.com"}`), setting("ann@example.com", `{}`),
	)
	for _, test := range []struct {
		by        []By
		want      string
		conflicts int
	}{
		{[]By{ByEmail}, "email=Maya@example.com email=s@example.com email=kim@example.com email=Ann@example.com ", 0},
		{[]By{ByEmail, ByID}, "email=Maya@example.com id=maya@EXAMPLE.com email=s@example.com id=user_1 email=kim@example.com " +
			"email=Ann@example.com id=ann@example.com ", 2},
		{nil, "id= Maya@example.com  id=maya@EXAMPLE.com id=sam@example.com id=user_1 id=user_2 id=user_3 id=ann@example.com ", 0},
	} {
		s := decided(Options{}, Choice{By: test.by}, rows)
		var got strings.Builder
		for p := range s.People() {
			got.WriteString(fmt.Sprintf("%s=%s ", p.By, p.Value))
		}
		if got.String() != test.want {
			t.Errorf("by %v: %s, want %s", test.by, got.String(), test.want)
		}
		if n := s.Count(0).EmailConflicts; n != test.conflicts {
			t.Errorf("by %v: %d conflicts, want %d", test.by, n, test.conflicts)
		}
		_, status := s.Lookup(b("maya@EXAMPLE.com"))
		if want := (len(test.by) == 1); (status == LostEmail) != want {
			t.Errorf("by %v: the second of two with one email is %v", test.by, status)
		}
	}
	s := decided(Options{}, Choice{By: []By{ByEmail, ByID}}, rows)
	for c := range s.EmailConflicts() {
		if email, _, lost := s.LostEmail(c.Person); !lost || email != c.Person.DistinctID {
			t.Errorf("%s has lost %q", c.Person.DistinctID, email)
		}
	}
}
