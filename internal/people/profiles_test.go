package people

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// The IDs of profileRow are identified if they are users', whatever rows there are, and never if they are
// visitors'.
const (
	profileUsers    = 5
	profileVisitors = 3
)

func userID(n int) string      { return fmt.Sprintf("user_%d", n) }
func visitorID(n int) string   { return fmt.Sprintf("0195602e-7a11-7c3e-9d55-00000000000%d", n) }
func isVisitor(id string) bool { return strings.HasPrefix(id, "0195602e-") }

// profileRow draws a row of users and visitors who turn out to be each other.
func profileRow(t *rapid.T, n int) row {
	user := userID(rapid.IntRange(1, profileUsers).Draw(t, "user"))
	other := userID(rapid.IntRange(1, profileUsers).Draw(t, "other"))
	visitor := visitorID(rapid.IntRange(1, profileVisitors).Draw(t, "visitor"))
	e := posthog.Event{Ref: uint64(n), DistinctID: b(user), HasUUID: true, UUID: rawjson.UUID{14: byte(n >> 8), 15: byte(n)}}
	e.CreatedAt = posthog.Time{Micros: int64(1+rapid.IntRange(0, n).Draw(t, "at")) * 1e6, State: posthog.Known}
	switch rapid.SampledFrom([]string{"order", "order", "visit", "visit", "identify", "set", "alias", "sail", "merge", "merge", "shared"}).Draw(t, "row") {
	case "visit":
		e.Name, e.DistinctID, e.DeviceID = b("$pageview"), b(visitor), b(visitor)
		e.Personless = rapid.Bool().Draw(t, "personless")
	case "identify":
		e.Name, e.AnonDistinctID = b("$identify"), b(visitor)
	case "set":
		e.Name, e.Set = b("$set"), fmt.Appendf(nil, `{"email":"%d@x.example"}`, rapid.IntRange(1, 3).Draw(t, "email"))
	case "alias":
		e.Name, e.Alias = b("$create_alias"), b(rapid.SampledFrom([]string{other, visitor}).Draw(t, "alias"))
	case "sail":
		e.Name, e.DistinctID, e.Alias = b("$create_alias"), b(visitor), b(user)
	case "merge":
		e.Name, e.Alias = b("$merge_dangerously"), b(other)
	case "shared":
		e.Name, e.PersonID = b("Shared"), fmt.Appendf(nil, "b1b32417-b0ba-5954-a245-%012d", rapid.IntRange(1, 2).Draw(t, "person"))
	default:
		e.Name = b("Order")
	}
	return row{Event: e, sends: true}
}

// aProfile is a profile that is there.
type aProfile struct {
	id, email string
}

// drawExisting draws a file of profiles.
func drawExisting(t *rapid.T) (all []aProfile, e *Existing) {
	if rapid.Bool().Draw(t, "nothing is there") {
		return nil, nil
	}
	e = NewExisting()
	add := func(id, email string) {
		all = append(all, aProfile{id: id, email: email})
		e.Add(id, email, "")
	}
	for n := range profileUsers {
		if rapid.IntRange(0, 2).Draw(t, "user is there") == 0 {
			add(userID(n+1), "")
		}
	}
	for n := range profileVisitors {
		switch rapid.IntRange(0, 5).Draw(t, "visitor is there") {
		case 0, 1:
			add(visitorID(n+1), "")
		case 2:
			add(visitorID(n+1), fmt.Sprintf("v%d@x.example", n))
		}
	}
	for n := range 3 {
		if rapid.IntRange(0, 5).Draw(t, "email is there") == 0 {
			add(rapid.SampledFrom([]string{"", "crm-1", "crm-2", "crm-3"}[:2]).Draw(t, "under")+fmt.Sprint(strings.Repeat("x", n)), fmt.Sprintf("%d@x.example", n+1))
		}
	}
	return all, e
}

// TestWhatWasSentStays cuts an export into nights in any order, with a file of profiles in any of them.
// Nobody is merged who has a login or an email, but by a $merge_dangerously or Choice.MergeProfiles; nobody
// who has an identified ID goes by a visitor's; who is held is not sent; who was sent stays under that,
// unless it was merged into another profile; who was one person stays so.
func TestWhatWasSentStays(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	someNights := func(t *rapid.T) {
		var rows []row
		for n := range rapid.IntRange(2, 25).Draw(t, "rows") {
			rows = append(rows, profileRow(t, n))
		}
		w := &profileWorld{
			seen: seen, named: map[[2]string]bool{}, merged: MergedProfiles{}, one: map[[2]string]bool{},
			nights: nights{options: Options{Memory: drawMemory(t), Everybody: true, Events: true}},
			choice: Choice{
				Who: rapid.SampledFrom([]Who{Identified, All}).Draw(t, "who"), Merges: rapid.SampledFrom([]MergePolicy{MergeNeeded, MergeIdentify, MergeNever}).Draw(t, "merges"),
				By: rapid.SampledFrom([][]By{nil, nil, {ByEmail, ByID}}).Draw(t, "by"),
			},
		}
		w.options.Merged = w.merged
		w.options.Trace = func(uint64, Verdict) {}
		for _, night := range split(t, rows, func(_, _ *row) bool { return true }) {
			for i := range night {
				if e := &night[i].Event; string(e.Name) == "$merge_dangerously" {
					w.named[[2]string{string(e.DistinctID), string(e.Alias)}] = true
				}
			}
			w.choice.MergeProfiles = w.choice.Merges != MergeNever && rapid.IntRange(0, 4).Draw(t, "merge profiles") == 0
			w.night(t, night)
		}
	}
	kinds := []string{"held", "anonymous merged", "identified merged", "by name alone", "kept a target", "merged and sent on"}
	missing := func(kind string) bool { return seen[kind] == 0 }
	for n := 0; n < 5 || n < 50 && slices.ContainsFunc(kinds, missing); n++ { // of one time some kinds might be missing
		rapid.Check(t, someNights)
	}
	for _, kind := range kinds {
		if missing(kind) {
			t.Errorf("%s: never", kind)
		}
	}
}

// compare orders identifiers by their values.
func (p ProfileName) compare(o ProfileName) int {
	return cmp.Or(cmp.Compare(p.Value, o.Value), cmp.Compare(p.By, o.By))
}

type profileWorld struct {
	nights
	choice Choice
	seen   map[string]int
	named  map[[2]string]bool // target and source of every $merge_dangerously so far
	merged MergedProfiles
	there  []aProfile         // this night
	one    map[[2]string]bool // IDs of one person
}

// night sends what is new, and holds everybody against the rules.
func (w *profileWorld) night(t *rapid.T, rows []row) {
	there, existing := drawExisting(t)
	w.options.Existing, w.there = existing, there
	s := w.next(t, rows, w.choice, 2, rapid.Uint64().Draw(t, "arrival"))
	links := MergedProfiles{}
	for l := range s.Merges() {
		links[ProfileName{l.By, l.Value}] = ProfileName{l.Person.By, l.Person.Value}
		w.checkLink(t, &l)
	}
	for pair := range w.one {
		a, known1 := s.GroupOf([]byte(pair[0]))
		if b, known2 := s.GroupOf([]byte(pair[1])); known1 && known2 && a != b {
			t.Fatalf("%q were one person, and are no more", pair)
		}
	}
	w.checkHeld(t, s)
	for _, id := range w.everyID() {
		p, status := s.Lookup([]byte(id))
		if p == nil || status != Sent {
			continue
		}
		w.checkPerson(t, s, p)
	}
	w.send(s)
	for _, name := range slices.SortedFunc(maps.Keys(links), ProfileName.compare) {
		if rapid.IntRange(0, 3).Draw(t, "merged") > 0 {
			w.merged[name] = links[name]
		}
	}
	for i, a := range w.everyID() {
		for _, b := range w.everyID()[i+1:] {
			g, known1 := s.GroupOf([]byte(a))
			if h, known2 := s.GroupOf([]byte(b)); known1 && known2 && g == h {
				w.one[[2]string{a, b}] = true
			}
		}
	}
}

func (w *profileWorld) everyID() (ids []string) {
	for n := range profileUsers {
		ids = append(ids, userID(n+1))
	}
	for n := range profileVisitors {
		ids = append(ids, visitorID(n+1))
	}
	return ids
}

// checkLink holds that a profile is merged only if it is a visitor's, or somebody said so.
func (w *profileWorld) checkLink(t *rapid.T, l *Merge) {
	secondary := ProfileName{l.By, l.Value}
	if w.merged.has(secondary.By, secondary.Value) {
		t.Fatalf("%v was merged before", secondary)
	}
	if w.choice.Merges == MergeNever {
		t.Fatalf("%v is merged, though nothing is to be", secondary)
	}
	identified := l.By != ByID || !isVisitor(l.Value)
	for _, p := range w.there {
		identified = identified || p.id == l.Value && p.email != ""
	}
	for _, sent := range w.sent {
		identified = identified || sent.By == l.By && sent.Value == l.Value && sent.Email != 0
	}
	switch {
	case !identified:
		w.seen["anonymous merged"]++
		return
	case w.choice.MergeProfiles:
		w.seen["identified merged"]++
		return
	}
	if w.saysSo(secondary, ProfileName{l.Person.By, l.Person.Value}) {
		w.seen["by name alone"]++
		return
	}
	t.Fatalf("%v is identified, and is merged into %s %s, which nothing says", secondary, l.Person.By, l.Person.Value)
}

// saysSo reports whether a way of $merge_dangerously leads from one profile to another, in whichever direction.
// Between them it may go from an ID to the profile that was sent under it, and on to the one that this was
// merged into.
func (w *profileWorld) saysSo(from, to ProfileName) bool {
	way := []ProfileName{from}
	for i := 0; i < len(way); i++ {
		step := func(a, b ProfileName) {
			for _, pair := range [][2]ProfileName{{a, b}, {b, a}} {
				if pair[0] == way[i] && !slices.Contains(way, pair[1]) {
					way = append(way, pair[1])
				}
			}
		}
		for pair := range w.named {
			step(ProfileName{ByID, pair[0]}, ProfileName{ByID, pair[1]})
		}
		for _, sent := range w.sent {
			step(ProfileName{ByID, sent.DistinctID}, ProfileName{sent.By, sent.Value})
		}
		for one, into := range w.merged {
			step(one, into)
		}
	}
	return slices.Contains(way, to)
}

// checkHeld holds that nobody who is held is sent.
func (w *profileWorld) checkHeld(t *rapid.T, s *Directory) {
	for _, h := range s.Held() {
		w.seen["held"]++
		if p, status := s.Lookup([]byte(h.ID)); p != nil || status != TwoProfiles {
			t.Fatalf("%s is held, and is %v", h.ID, status)
		}
		if w.choice.MergeProfiles || len(h.Profiles) < 2 {
			t.Fatalf("%+v is held", h)
		}
		for _, p := range h.Profiles {
			if w.merged.has(p.By, p.Value) {
				t.Fatalf("%+v is held over a profile that was merged", h)
			}
		}
		for p := range s.People() {
			for _, other := range h.Profiles {
				if p.By == other.By && p.Value == other.Value {
					t.Fatalf("%s is sent as %s, which is held", p.DistinctID, p.Value)
				}
			}
		}
	}
}

// checkPerson holds that somebody is under an identified ID if there is one, and under what they were sent
// under before.
func (w *profileWorld) checkPerson(t *rapid.T, s *Directory, p *Person) {
	group, _ := s.GroupOf([]byte(p.DistinctID))
	hasUser := false
	for _, id := range w.everyID() {
		if other, known := s.GroupOf([]byte(id)); known && other == group && !isVisitor(id) && !w.merged.has(ByID, id) {
			hasUser = true
		}
	}
	if hasUser && isVisitor(p.DistinctID) && !w.identifiedVisitor(p.DistinctID) {
		t.Fatalf("%s is sent, and has a user's ID", p.DistinctID)
	}
	if w.merged.has(p.By, p.Value) {
		t.Fatalf("%s is sent as %s, which was merged away", p.DistinctID, p.Value)
	}
	var before []ProfileName
	var ids []string // that they were kept under
	for _, sent := range w.sent {
		other, known := s.GroupOf([]byte(sent.DistinctID))
		name := ProfileName{sent.By, sent.Value}
		login := sent.By != ByID || !isVisitor(sent.Value) || sent.Email != 0 || w.identifiedVisitor(sent.Value)
		first := !slices.ContainsFunc(w.sent, func(o SentPerson) bool {
			return o.DistinctID == sent.DistinctID && (o.By != sent.By || o.Value != sent.Value)
		})
		if known && other == group && !w.merged.has(name.By, name.Value) && login && first {
			before, ids = append(before, name), append(ids, sent.DistinctID)
		}
	}
	slices.SortFunc(before, ProfileName.compare)
	before = slices.Compact(before)
	now := ProfileName{p.By, p.Value}
	switch {
	case len(before) == 0 || slices.Contains(before, now):
		if len(before) > 0 {
			w.seen["merged and sent on"]++
		}
		return
	}
	for pair := range w.named { // its target may be the source of another one
		if pair[0] != pair[1] && (slices.Contains(ids, pair[1]) || w.wentInto(pair[1], before)) {
			w.seen["kept a target"]++
			return
		}
	}
	t.Fatalf("%s is sent as %v, and was before as %v", p.DistinctID, now, before)
}

// wentInto reports whether the profile of an ID, or one that was sent under it, was merged into one of some.
func (w *profileWorld) wentInto(id string, some []ProfileName) bool {
	return slices.Contains(some, w.merged.last(ProfileName{ByID, id})) || slices.ContainsFunc(w.sent, func(p SentPerson) bool {
		return p.DistinctID == id && slices.Contains(some, w.merged.last(ProfileName{p.By, p.Value}))
	})
}

// identifiedVisitor reports whether a profile under a visitor's ID has an email.
func (w *profileWorld) identifiedVisitor(id string) bool {
	if slices.ContainsFunc(w.there, func(p aProfile) bool { return p.id == id && p.email != "" }) {
		return true
	}
	return slices.ContainsFunc(w.sent, func(p SentPerson) bool { return p.DistinctID == id && p.Email != 0 })
}
