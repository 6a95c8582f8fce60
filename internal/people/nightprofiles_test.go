package people

import (
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/posthog"
)

// profileNight is one of several nights: its rows, what --existing has, and what comes of it.
type profileNight struct {
	rows     []posthog.Event
	existing *Existing
	want     string // people, merges and who is held
}

// TestProfilesOfNights follows which profile is kept, over nights that do all their merges.
func TestProfilesOfNights(t *testing.T) {
	t.Parallel()
	order := func(id string) posthog.Event { return posthog.Event{Name: b("Order"), DistinctID: b(id)} }
	merge := func(id, alias string) posthog.Event {
		return posthog.Event{Name: b("$merge_dangerously"), DistinctID: b(id), Alias: b(alias)}
	}
	alias := func(id, alias string) posthog.Event {
		return posthog.Event{Name: b("$create_alias"), DistinctID: b(id), Alias: b(alias)}
	}
	login := func(id, anonymous string) posthog.Event {
		return posthog.Event{Name: b("$identify"), DistinctID: b(id), AnonDistinctID: b(anonymous)}
	}
	there := func(ids ...string) *Existing {
		e := NewExisting()
		for _, id := range ids {
			id, email, _ := strings.Cut(id, " ")
			e.Add(id, email, "")
		}
		return e
	}
	isUser := func(id []byte) bool { return strings.HasPrefix(string(id), "crm-") }
	for _, test := range []struct {
		name    string
		options Options
		choice  Choice
		nights  []profileNight
	}{
		{"what was sent goes into the target of a merge that is there already", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("old")}, nil, "old"},
			{[]posthog.Event{order("new"), merge("new", "old")}, there("new"), "new; old into new"},
			{[]posthog.Event{order("old")}, there("new", "old"), "new"},
			{[]posthog.Event{order("old")}, nil, "new"},
		}},
		{"a merge of an earlier night names both", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("old"), order("new"), merge("new", "old")}, nil, "new"},
			{[]posthog.Event{order("new")}, there("old"), "new; old into new"},
			{[]posthog.Event{order("new")}, there("old"), "new"},
		}},
		{"what names a profile that was merged away names the one that it went into", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("six"), order("three"), order("five")}, nil, "five; six; three"},
			{[]posthog.Event{merge("five", "three")}, nil, "five; six; three into five"},
			{[]posthog.Event{merge("three", "six")}, nil, "five; six into five"},
			{[]posthog.Event{order("six")}, nil, "five"},
		}},
		{"also as the one that goes", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("six"), order("three"), order("five")}, nil, "five; six; three"},
			{[]posthog.Event{merge("five", "three")}, nil, "five; six; three into five"},
			{[]posthog.Event{merge("six", "three")}, nil, "six; five into six"},
		}},
		{"though it was sent first", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("five"), order("three"), order("six")}, nil, "five; six; three"},
			{[]posthog.Event{merge("five", "three")}, nil, "five; six; three into five"},
			{[]posthog.Event{merge("six", "three")}, nil, "six; five into six"},
		}},
		{"also if another ID led there", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("one"), order("four"), order("three"), order("two")}, nil, "four; one; three; two"},
			{[]posthog.Event{merge("two", "one")}, there("two"), "four; three; two; one into two"},
			{[]posthog.Event{merge("three", "one")}, nil, "four; three; two into three"},
			{[]posthog.Event{merge("two", "four")}, nil, "three; four into three"},
		}},
		{"or a flag", Options{}, Choice{MergeProfiles: true}, []profileNight{
			{[]posthog.Event{order("c"), order("a"), order("b")}, nil, "a; b; c"},
			{[]posthog.Event{alias("a", "b")}, nil, "a; c; b into a"},
			{[]posthog.Event{merge("b", "c")}, nil, "a; c into a"},
		}},
		{"whose profile went into somebody else's keeps their ID", Options{}, Choice{MergeProfiles: true}, []profileNight{
			{[]posthog.Event{withAttributes("four", `{"email":"m@x.example"}`)}, there("three m@x.example", "four"), "four; three into four"},
			{[]posthog.Event{login("three", visitor)}, nil, "four; three"},
			{[]posthog.Event{order("three"), order(visitor)}, there("four", visitor), "four; three; " + visitor + " into three"},
		}},
		{"under which they are there again", Options{}, Choice{MergeProfiles: true}, []profileNight{
			{[]posthog.Event{withAttributes("four", `{"email":"m@x.example"}`)}, there("three m@x.example", "four"), "four; three into four"},
			{[]posthog.Event{order("five"), order("three")}, nil, "five; four; three"},
			{[]posthog.Event{order("six"), alias("six", "three")}, nil, "five; four; three"},
			{[]posthog.Event{merge("three", "five")}, there("three"), "four; three; five into three"},
		}},
		{"but for one that has no profile yet", Options{}, Choice{MergeProfiles: true}, []profileNight{
			{[]posthog.Event{withAttributes("four", `{"email":"m@x.example"}`)}, there("three m@x.example", "four"), "four; three into four"},
			{[]posthog.Event{order("three"), order("five"), alias("five", "three"), login("five", visitor)}, nil, "five; four"},
		}},
		{"the ID of a visitor does not name the profile that the visitor's went into", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("five"), order("four"), login("four", visitor)}, there(visitor), "five; four; " + visitor + " into four"},
			{[]posthog.Event{merge("five", visitor)}, nil, "held five, four"},
			{[]posthog.Event{merge("five", "four")}, nil, "five; four into five"},
		}},
		{"an alias does not", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("old"), order("new"), alias("new", "old")}, nil, "old"},
			{[]posthog.Event{order("new")}, there("new"), "held new, old"},
			{[]posthog.Event{order("new")}, nil, "old"},
		}},
		{"a profile that was merged away is kept by nobody, though nothing says so any more", Options{}, Choice{MergeProfiles: true}, []profileNight{
			{[]posthog.Event{order("user"), alias("user", visitor)}, there(visitor+" maya@x.example", "user"), "user; " + visitor + " into user"},
			{[]posthog.Event{order("user")}, there(visitor + " maya@x.example"), "user"},
		}},
		{"the profile that it went into is", Options{}, Choice{Who: All, MergeProfiles: true}, []profileNight{
			{[]posthog.Event{order(visitor)}, nil, visitor},
			{[]posthog.Event{order("user"), alias("user", visitor)}, there(visitor+" maya@x.example", "user"), visitor + "; user into " + visitor},
			{[]posthog.Event{order("user")}, nil, visitor},
		}},
		{"an anonymous profile that was sent goes into the ID that somebody logs in with", Options{}, Choice{Who: All}, []profileNight{
			{[]posthog.Event{order(visitor)}, nil, visitor},
			{[]posthog.Event{{Name: b("$identify"), DistinctID: b("user"), AnonDistinctID: b(visitor)}}, nil, "user; " + visitor + " into user"},
			{[]posthog.Event{order(visitor)}, nil, "user"},
		}},
		{"the profile of somebody who gave their email up stays theirs", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{{Name: b("$identify"), DistinctID: b("user"), AnonDistinctID: b(visitor)}, withAttributes("user", `{"email":"m@x.example"}`)},
				there(visitor + " old@x.example"), visitor},
			{[]posthog.Event{withAttributes("noor", `{"email":"m@x.example"}`)}, nil, visitor + "; noor"},
			{[]posthog.Event{order("user")}, nil, visitor + "; noor"},
		}},
		{"the ID of a visitor who logged in is a visitor's in later nights too", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{{Name: b("$identify"), DistinctID: b("user"), AnonDistinctID: b("kiosk")}}, nil, "user"},
			{[]posthog.Event{order("user")}, there("kiosk", "user"), "user; kiosk into user"},
		}},
		{"a refused $identify does not make a visitor of a customer", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("alice"), {Name: b("$identify"), DistinctID: b("undefined"), AnonDistinctID: b("alice")}}, nil, "alice"},
			{[]posthog.Event{order("bob"), alias("bob", "alice")}, there("bob", "alice"), "held alice, bob"},
		}},
		{"--user-id says which is theirs", Options{UserID: isUser}, Choice{}, []profileNight{
			{[]posthog.Event{order("old"), order("crm-1"), alias("crm-1", "old")}, there("old"), "crm-1"},
			{[]posthog.Event{order("old")}, there("old", "crm-1"), "crm-1"},
		}},
		{"but not that the others may go", Options{UserID: isUser}, Choice{}, []profileNight{
			{[]posthog.Event{order("old"), order("crm-1"), alias("crm-1", "old")}, there("old", "crm-1"), "held crm-1, old"},
		}},
		{"what was sent comes before it", Options{UserID: isUser}, Choice{}, []profileNight{
			{[]posthog.Event{order("old")}, nil, "old"},
			{[]posthog.Event{order("crm-1"), alias("crm-1", "old")}, nil, "old"},
		}},
		{"the profile that another one was sent under is theirs, whoever has its email later", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{withAttributes("maya", `{"email":"m@x.example"}`), order("noor")}, there("crm-1 m@x.example"), "crm-1; noor"},
			{[]posthog.Event{withAttributes("noor", `{"email":"m@x.example"}`)}, there("noor", "crm-1 m@x.example"), "crm-1; noor"},
		}},
		{"three profiles", Options{}, Choice{MergeProfiles: true}, []profileNight{
			{[]posthog.Event{order("a"), order("b"), order("c")}, nil, "a; b; c"},
			{[]posthog.Event{alias("a", "b"), alias("a", "c")}, nil, "a; b into a; c into a"},
			{[]posthog.Event{order("c"), order("b")}, nil, "a"},
		}},
		{"the same without a flag, of which two are named", Options{}, Choice{}, []profileNight{
			{[]posthog.Event{order("a"), order("b"), order("c")}, nil, "a; b; c"},
			{[]posthog.Event{merge("b", "a"), alias("b", "c")}, nil, "held a, b, c"},
			{[]posthog.Event{merge("b", "c")}, nil, "b; a into b; c into b"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := nights{options: test.options}
			n.options.Everybody = test.choice.Who == All
			n.options.Merged = MergedProfiles{}
			test.choice.Merges = MergeNeeded
			for i, night := range test.nights {
				if got := n.profiles(t, i, night, test.choice); got != night.want {
					t.Errorf("night %d: %s, want %s", i+1, got, night.want)
				}
			}
		})
	}
}

// profiles sends a night, does all its merges, and returns what profilesText tells of it.
func (n *nights) profiles(t *testing.T, number int, night profileNight, c Choice) string {
	t.Helper()
	n.options.Existing = night.existing
	rows := rowsOf(night.rows...)
	for i := range rows {
		rows[i].CreatedAt.Micros += int64(number) * 1e9
	}
	s := n.next(t, rows, c, 1, 1)
	for l := range s.Merges() {
		n.options.Merged[ProfileName{l.By, l.Value}] = ProfileName{l.Person.By, l.Person.Value}
	}
	n.send(s)
	return profilesText(s)
}

// TestNamedAfterAMergeByFlag has one night with Choice.MergeProfiles, and then a $merge_dangerously into the ID
// whose profile went.
func TestNamedAfterAMergeByFlag(t *testing.T) {
	t.Parallel()
	order := func(id string) posthog.Event { return posthog.Event{Name: b("Order"), DistinctID: b(id)} }
	n := nights{options: Options{Merged: MergedProfiles{}}}
	for i, night := range []profileNight{
		{[]posthog.Event{order("a"), order("b"), order("c")}, nil, "a; b; c"},
		{[]posthog.Event{{Name: b("$create_alias"), DistinctID: b("a"), Alias: b("b")}}, nil, "a; c; b into a"},
		{[]posthog.Event{{Name: b("$merge_dangerously"), DistinctID: b("b"), Alias: b("c")}}, nil, "a; c into a"},
	} {
		if got := n.profiles(t, i, night, Choice{Merges: MergeNeeded, MergeProfiles: i == 1}); got != night.want {
			t.Errorf("night %d: %s, want %s", i+1, got, night.want)
		}
	}
}

// profilesText tells under what people are sent, what is merged, and who is held.
func profilesText(s *Directory) string {
	var all []string
	for p := range s.People() {
		all = append(all, p.Value)
	}
	slices.Sort(all)
	var links []string
	for l := range s.Merges() {
		links = append(links, l.Value+" into "+l.Person.Value)
	}
	slices.Sort(links)
	all = append(all, links...)
	for _, h := range s.Held() {
		var values []string
		for _, p := range h.Profiles {
			values = append(values, p.Value)
		}
		all = append(all, "held "+strings.Join(values, ", "))
	}
	return strings.Join(all, "; ")
}

// TestWhoWasSentUnderAProfileKeepsItsEmail sends somebody under the profile that has their email, whose ID
// turns out to be somebody else's. Without the email in the next night, an identify would take it away from
// that profile.
func TestWhoWasSentUnderAProfileKeepsItsEmail(t *testing.T) {
	t.Parallel()
	n := nights{options: Options{Existing: existing([3]string{"crm-1", "m@x.example", ""})}}
	maya := withAttributes("maya", `{"email":"m@x.example"}`)
	n.send(n.next(t, rowsOf(maya), Choice{}, 1, 1))
	owner := posthog.Event{Name: b("Order"), DistinctID: b("crm-1")}
	s := n.next(t, rowsOf(owner), Choice{}, 1, 1)
	p, _ := s.Lookup(b("maya"))
	if p == nil || p.Value != "crm-1" {
		t.Fatalf("maya is sent as %+v", p)
	}
	if got := string(s.AppendAttributes(nil, p)); got != `{"email":"m@x.example"}` {
		t.Errorf("sent with %s", got)
	}
	if email, holder, lost := s.LostEmail(p); lost {
		t.Errorf("the email %s is that of %s", email, holder)
	}
}

// TestTheOtherProfileKeepsItsEmail leaves two profiles as they are, of which the one that is not sent has the
// email.
func TestTheOtherProfileKeepsItsEmail(t *testing.T) {
	t.Parallel()
	e := existing([3]string{"first", "maya@example.com", ""}, [3]string{"second", "", ""})
	s := decided(Options{Existing: e}, Choice{Merges: MergeNever}, theMerged())
	p, _ := s.Lookup(b("first"))
	if got := string(s.AppendAttributes(nil, p)); p.Value != "second" || got != `{"n":2}` || p.EmailLate() {
		t.Errorf("%s is sent with %s", p.Value, got)
	}
	if email, holder, lost := s.LostEmail(p); !lost || email != "Maya@Example.com" || holder != "first" {
		t.Errorf("the email %q is that of %q: %v", email, holder, lost)
	}
}

// TestLiveProfiles finds the profiles that PostHog's live destination has made of visitors, also of ones of
// whom nothing else is kept.
func TestLiveProfiles(t *testing.T) {
	t.Parallel()
	const other = "0195602e-7a11-7c3e-9d55-3f2b61c0aa02"
	visit := func(id string) posthog.Event {
		return posthog.Event{Name: b("$pageview"), DistinctID: b(id), DeviceID: b(id), Personless: true}
	}
	for _, test := range []struct {
		name string
		rows []posthog.Event
		want string
	}{
		{"a mere visitor", []posthog.Event{visit(visitor)}, visitor},
		{"one who became somebody", []posthog.Event{visit(visitor), {Name: b("$identify"), DistinctID: b("u"), AnonDistinctID: b(visitor)}}, visitor},
		{"one who is not in the export", []posthog.Event{visit("0195602e-7a11-7c3e-9d55-3f2b61c0aa09")}, ""},
		{"one with an email", []posthog.Event{visit(other)}, ""},
		{"a user whose ID looks machine-made", []posthog.Event{{Name: b("$identify"), DistinctID: b(visitor)}}, ""},
		{"a device of another form, which may be a user's own ID", []posthog.Event{visit("kiosk")}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := existing([3]string{visitor, "", ""}, [3]string{other, "v@x.example", ""}, [3]string{"u", "", ""}, [3]string{"kiosk", "", ""})
			ids, n := decided(Options{Existing: e}, Choice{}, rowsOf(test.rows...)).Live()
			if got := strings.Join(ids, " "); got != test.want || n != len(ids) {
				t.Errorf("%q, %d of them, want %q", got, n, test.want)
			}
		})
	}
}
