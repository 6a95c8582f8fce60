package people

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/posthog"
)

// notWith is a filter that a value with a text in it does not meet.
func notWith(key, text string) Filter {
	return Filter{key, func(value []byte) bool { return !bytes.Contains(value, b(text)) }}
}

// isSet is a filter that people without a property do not meet.
func isSet(key string) Filter {
	return Filter{key, func(value []byte) bool { return len(value) > 0 && string(value) != "null" }}
}

// TestTestAccountsAreNotSent leaves out people by what their attributes are in the end, in memory and on disk.
func TestTestAccountsAreNotSent(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		withAttributes("ours", `{"email":"maya@ours.com","plan":"pro"}`),
		withAttributes("left us", `{"email":"jonas@ours.com"}`),
		withAttributes("left us", `{"email":"jonas@example.com"}`),
		withAttributes("joined us", `{"email":"lea@example.com"}`),
		withAttributes("joined us", `{"email":"lea@ours.com"}`),
		withAttributes("nulled", `{"email":null,"plan":"free"}`),
		posthog.Event{Name: b("$identify"), DistinctID: b("bare"), AnonDistinctID: b(visitor)},
	)
	for _, test := range []struct {
		name    string
		filters []Filter
		want    map[string]Status
	}{
		{"none", nil, map[string]Status{"ours": Sent, "left us": Sent, "joined us": Sent, "nulled": Sent, "bare": Sent, "unknown": Anonymous}},
		{"not with an email", []Filter{notWith("email", "@ours.com")},
			map[string]Status{"ours": TestAccount, "left us": Sent, "joined us": TestAccount, "nulled": Sent, "bare": Sent, "unknown": Anonymous}},
		{"with an email", []Filter{isSet("email")},
			map[string]Status{"ours": Sent, "left us": Sent, "joined us": Sent, "nulled": TestAccount, "bare": TestAccount, "unknown": Anonymous}},
		{"both", []Filter{isSet("plan"), notWith("email", "@ours.com")},
			map[string]Status{"ours": TestAccount, "left us": TestAccount, "joined us": TestAccount, "nulled": Sent, "bare": TestAccount, "unknown": Anonymous}},
		{"nobody has it", []Filter{isSet("team")},
			map[string]Status{"ours": TestAccount, "left us": TestAccount, "nulled": TestAccount, "bare": TestAccount, "unknown": Anonymous}},
		{"nobody has that", []Filter{notWith("team", "x")}, map[string]Status{"ours": Sent, "bare": Sent}},
	} {
		for _, memory := range []int64{0, tiny} {
			s := decided(Options{Memory: memory, Everybody: true}, Choice{Filters: test.filters}, rows)
			got := map[string]Status{}
			sent := 0
			for id := range test.want {
				if _, got[id] = s.Lookup(b(id)); got[id] == Sent {
					sent++
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s: statuses (-want +got):\n%s", test.name, diff)
			}
			if c := s.Count(0); len(test.want) == 6 && (c.Sent != sent || c.ByChoice[Identified].Total() != sent) {
				t.Errorf("%s: %d are sent, profiles %v; want %d", test.name, c.Sent, c.ByChoice, sent)
			}
		}
	}
}

// TestVisitorsAreNoTestAccountsYet lets visitors wait, whose attributes may come when they log in.
func TestVisitorsAreNoTestAccountsYet(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		posthog.Event{Name: b("$pageview"), DistinctID: b(visitor)},
		withAttributes("0195602e-7a11-7c3e-9d55-3f2b61c0aa02", `{"plan":"free"}`),
		withAttributes("known", `{"email":"maya@example.com"}`),
	)
	filters := []Filter{isSet("email")}
	for _, test := range []struct {
		who  Who
		want [3]Status // of two visitors and known
	}{
		{Identified, [3]Status{Anonymous, Anonymous, Sent}},
		{WithEmail, [3]Status{NoEmail, NoEmail, Sent}},
		{All, [3]Status{TestAccount, TestAccount, Sent}},
	} {
		s := decided(Options{Everybody: test.who == All}, Choice{Who: test.who, Filters: filters}, rows)
		var got [3]Status
		for i, id := range []string{visitor, "0195602e-7a11-7c3e-9d55-3f2b61c0aa02", "known"} {
			_, got[i] = s.Lookup(b(id))
		}
		if got != test.want {
			t.Errorf("%s: statuses %v, want %v", test.who, got, test.want)
		}
		if c := s.Count(0); c.Sent != 1 || c.ByChoice[All].Total() != 1 || c.ByChoice[Identified].Total() != 1 {
			t.Errorf("%s: %d are sent, profiles %v", test.who, c.Sent, c.ByChoice)
		}
	}
}

// TestATestAccountTakesNoEmail gives an email to the customer who has it too.
func TestATestAccountTakesNoEmail(t *testing.T) {
	t.Parallel()
	rows := rowsOf(
		withAttributes("user", `{"email":"maya@example.com"}`),
		withAttributes("test", `{"email":"maya@example.com","role":"qa"}`), // the newer one
		withAttributes("jonas@example.com", `{"role":"qa"}`),
		withAttributes("other", `{"email":"jonas@example.com"}`),
	)
	for _, by := range [][]By{{ByID}, {ByEmail}} {
		s := decided(Options{}, Choice{By: by, Filters: []Filter{notWith("role", "qa")}}, rows)
		var got []string
		for p := range s.People() {
			got = append(got, fmt.Sprintf("%s %s", p.DistinctID, s.AppendAttributes(nil, p)))
		}
		slices.Sort(got)
		want := []string{`other {"email":"jonas@example.com"}`, `user {"email":"maya@example.com"}`}
		if diff := cmp.Diff(want, got); diff != "" || s.Count(0).EmailConflicts != 0 {
			t.Errorf("by %v: people, %d conflicts (-want +got):\n%s", by, s.Count(0).EmailConflicts, diff)
		}
	}
}

// TestATestAccountThatWasSentIsSentNoMore ends what an earlier run has begun.
func TestATestAccountThatWasSentIsSentNoMore(t *testing.T) {
	t.Parallel()
	x := observe(rowsOf(withAttributes("user", `{"email":"maya@ours.com"}`), withAttributes("other", `{"n":1}`)), Options{}, 1, 7)
	x.RestoreSent(&SentPerson{DistinctID: "user", Value: "user"})
	s := decide(x, Choice{Filters: []Filter{notWith("email", "@ours.com")}})
	if _, status := s.Lookup(b("user")); status != TestAccount || !s.LeavesOutSent() {
		t.Errorf("status %d, leaves out %t", status, s.LeavesOutSent())
	}
}
