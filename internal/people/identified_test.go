package people

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/posthog"
)

const visitor = "0195602e-7a11-7c3e-9d55-3f2b61c0aa01" // an ID that posthog-js made up

// rowsOf numbers rows in the order they are given, one second apart.
func rowsOf(events ...posthog.Event) []row {
	var rows []row
	for i, e := range events {
		e.Ref = uint64(i)
		if e.CreatedAt.State == posthog.Missing {
			e.CreatedAt = posthog.Time{Micros: int64(i+1) * 1e6, State: posthog.Known}
		}
		rows = append(rows, row{Event: e, sends: true})
	}
	return rows
}

func decided(o Options, c Choice, rows []row) *Directory {
	o.PersonIDs = true
	return decide(observe(rows, o, 1, 7), c)
}

func b(text string) []byte { return []byte(text) }

func TestWhoIsIdentified(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		id        string
		rows      []posthog.Event
		want      Status
		shapeOnly bool
	}{
		{name: "a personless visitor is anonymous", id: visitor, want: Anonymous,
			rows: []posthog.Event{{Name: b("$pageview"), DistinctID: b(visitor), DeviceID: b(visitor), Personless: true}}},
		{name: "a personless custom ID is anonymous", id: "user_1", want: Anonymous,
			rows: []posthog.Event{{Name: b("Signed Up"), DistinctID: b("user_1"), Personless: true}}},
		{name: "the distinct ID of an $identify", id: visitor, want: Sent,
			rows: []posthog.Event{{Name: b("$identify"), DistinctID: b(visitor), DeviceID: b(visitor)}}},
		{name: "of one that PostHog dropped", id: visitor, want: Anonymous,
			rows: []posthog.Event{{Name: b("$identify"), DistinctID: b(visitor), DeviceID: b(visitor), Personless: true}}},
		{name: "of an $identify that names an illegal anonymous ID", id: "user_1", want: Sent,
			rows: []posthog.Event{{Name: b("$identify"), DistinctID: b("user_1"), AnonDistinctID: b("undefined")}}},
		{name: "the ID that an $identify names says nothing where it joins nobody", id: "anon", want: Sent,
			rows: []posthog.Event{
				{Name: b("$identify"), DistinctID: b("user_1"), AnonDistinctID: b("anon")},
				{Name: b("$pageview"), DistinctID: b("anon")},
			}},
		{name: "a row that says so", id: visitor, want: Sent,
			rows: []posthog.Event{{Name: b("$pageview"), DistinctID: b(visitor), IsIdentified: true, Personless: true}}},
		{name: "its own user ID", id: visitor, want: Sent,
			rows: []posthog.Event{{Name: b("$pageview"), DistinctID: b(visitor), UserID: b(visitor)}}},
		{name: "somebody else's user ID does not help", id: visitor, want: Anonymous, shapeOnly: true,
			rows: []posthog.Event{{Name: b("$pageview"), DistinctID: b(visitor), UserID: b("user_1")}}},
		{name: "known only to the back end", id: "user_1", want: Sent,
			rows: []posthog.Event{{Name: b("Order Completed"), DistinctID: b("user_1")}}},
		{name: "known to the back end, under what posthog-js was told elsewhere", id: "user_1", want: Sent,
			rows: []posthog.Event{
				{Name: b("Order Completed"), DistinctID: b("user_1")},
				{Name: b("$pageview"), DistinctID: b("user_2"), DeviceID: b("user_1")},
			}},
		{name: "left out only by its shape", id: visitor, want: Anonymous, shapeOnly: true,
			rows: []posthog.Event{{Name: b("Order Completed"), DistinctID: b(visitor)}}},
		{name: "an anonymous ID by shape and by deed", id: visitor, want: Anonymous,
			rows: []posthog.Event{{Name: b("$pageview"), DistinctID: b(visitor), DeviceID: b(visitor)}}},
		{name: "an anonymous ID that became a person is both", id: "user_1", want: Sent,
			rows: []posthog.Event{
				{Name: b("$identify"), DistinctID: b("user_1"), AnonDistinctID: b(visitor)},
				{Name: b("$identify"), DistinctID: b("user_3"), AnonDistinctID: b("user_1")},
			}},
		{name: "a placeholder", id: "undefined", want: Illegal,
			rows: []posthog.Event{{Name: b("$identify"), DistinctID: b("undefined"), UserID: b("undefined"), IsIdentified: true}}},
		{name: "a group is nobody", id: "$company_acme", want: Anonymous,
			rows: []posthog.Event{{Name: b("$groupidentify"), DistinctID: b("$company_acme"), IsIdentified: true}}},
		{name: "but its row may tell of a device", id: "tablet", want: Anonymous,
			rows: []posthog.Event{
				{Name: b("$groupidentify"), DistinctID: b("tablet"), DeviceID: b("tablet")},
				{Name: b("Opened"), DistinctID: b("tablet"), WebVisitor: true, Set: b(`{"email":"none"}`)},
			}},
		{name: "a visitor of posthog-js, whatever the ID", id: "member-7", want: Anonymous,
			rows: []posthog.Event{{Name: b("$pageview"), DistinctID: b("member-7"), DeviceID: b("member-7"), WebVisitor: true}}},
		{name: "whom another library knows, on a personless row", id: "member-7", want: Sent,
			rows: []posthog.Event{
				{Name: b("$pageview"), DistinctID: b("member-7"), WebVisitor: true},
				{Name: b("Order Completed"), DistinctID: b("member-7"), Personless: true},
			}},
		{name: "whose last email is none", id: "member-7", want: Anonymous,
			rows: []posthog.Event{{Name: b("$set"), DistinctID: b("member-7"), WebVisitor: true,
				Set: b(`{"email":"maya@example.com","email":null}`)}}},
		{name: "who says an email", id: "member-7", want: Sent,
			rows: []posthog.Event{{Name: b("$set"), DistinctID: b("member-7"), DeviceID: b("member-7"), WebVisitor: true, Set: b(`{"email":"maya@example.com"}`)}}},
		{name: "never seen", id: "user_9", want: Anonymous},
		{name: "only named by others", id: "device", want: Anonymous,
			rows: []posthog.Event{{Name: b("$pageview"), DistinctID: b("user_1"), DeviceID: b("device")}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rows := rowsOf(test.rows...)
			s := decided(Options{Separate: true}, Choice{}, rows)
			if _, got := s.Lookup(b(test.id)); got != test.want {
				t.Errorf("Lookup(%s) is %v, want %v", test.id, got, test.want)
			}
			if got := s.Count(0).ShapeOnly; (got == 1) != test.shapeOnly {
				t.Errorf("%d are left out only by shape, want it %v", got, test.shapeOnly)
			}
			compareWithModel(t, s, newModel(rows, Options{Separate: true}, Choice{}))
		})
	}
}

// TestTheSampleStory follows the rows of the sample export: who they are about, and what each person ends up
// with.
func TestTheSampleStory(t *testing.T) {
	t.Parallel()
	const otherDevice, alias, lost = "01957b90-11de-7b1a-8a61-6b1c22f0ab02", "0195602f-0b22-7e10-8f00-1c2d3e4f5a03", "01956100-5c33-7d20-9a10-aa55bb66cc04"
	rows := rowsOf(
		posthog.Event{Name: b("$pageview"), DistinctID: b(visitor), DeviceID: b(visitor), Personless: true, PersonProperties: b("{}")},
		posthog.Event{Name: b("$identify"), DistinctID: b("user_1001"), DeviceID: b(visitor), AnonDistinctID: b(visitor), UserID: b("user_1001"),
			IsIdentified: true, Set: b(`{"email":"maya.okafor@example.com"}`), PersonProperties: b(`{"email":"maya.okafor@example.com","plan":"trial"}`)},
		posthog.Event{Name: b("Order Completed"), DistinctID: b("user_1001"), PersonProperties: b(`{"email":"maya.okafor@example.com","plan":"trial"}`)},
		posthog.Event{Name: b("$pageview"), DistinctID: b(otherDevice), DeviceID: b(otherDevice), Personless: true, PersonProperties: b("{}")},
		posthog.Event{Name: b("$identify"), DistinctID: b("user_1001"), DeviceID: b(otherDevice), AnonDistinctID: b(otherDevice), UserID: b("user_1001"),
			IsIdentified: true, PersonProperties: b(`{"email":"maya.okafor@example.com","plan":"pro"}`)},
		posthog.Event{Name: b("$create_alias"), DistinctID: b(alias), Alias: b("user_1002"), PersonProperties: b("{}")},
		posthog.Event{Name: b("$set"), DistinctID: b("user_1002"), Set: b(`{"email":"Jonas.Lind@Example.com","name":"Jonas Lind"}`),
			SetOnce: b(`{"first_seen_plan":"free"}`), Unset: b(`["trial_ends_at"]`),
			PersonProperties: b(`{"email":"Jonas.Lind@Example.com","name":"Jonas Lind","first_seen_plan":"free"}`)},
		posthog.Event{Name: b("$identify"), DistinctID: b("undefined"), DeviceID: b(lost), AnonDistinctID: b(lost), UserID: b("undefined"), IsIdentified: true, PersonProperties: b("{}")},
		posthog.Event{Name: b("Signed Up"), DistinctID: b("user_1003"), Set: b(`{"email":"priya.nair@example.com"}`), PersonProperties: b(`{"email":"priya.nair@example.com"}`)},
		posthog.Event{Name: b("$identify"), DistinctID: b("user_1003"), DeviceID: b(visitor), AnonDistinctID: b("user_1001"), UserID: b("user_1003"),
			IsIdentified: true, PersonProperties: b(`{"email":"priya.nair@example.com"}`)},
		posthog.Event{Name: b("$groupidentify"), DistinctID: b("$company_acme"), PersonProperties: b("{}")},
	)
	s := decided(Options{}, Choice{Merges: MergeIdentify}, rows)

	var people []string
	for p := range s.People() {
		people = append(people, p.Value+" "+string(s.AppendAttributes(nil, p)))
	}
	if diff := cmp.Diff([]string{
		`user_1001 {"email":"maya.okafor@example.com","plan":"pro"}`,
		`user_1002 {"email":"Jonas.Lind@Example.com","first_seen_plan":"free","name":"Jonas Lind"}`,
		`user_1003 {"email":"priya.nair@example.com"}`,
	}, people); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	for id, want := range map[string]string{visitor: "user_1001", otherDevice: "user_1001", alias: "user_1002"} {
		if p, got := s.Lookup(b(id)); got != Sent || p.DistinctID != want {
			t.Errorf("Lookup(%s) is %v %v, want %s", id, got, p, want)
		}
	}
	for id, want := range map[string]Status{lost: Anonymous, "undefined": Illegal, "$company_acme": Anonymous} {
		if _, got := s.Lookup(b(id)); got != want {
			t.Errorf("Lookup(%s) is %v, want %v", id, got, want)
		}
	}
	var links []string
	for l := range s.Merges() {
		links = append(links, l.Value+" into "+l.Person.DistinctID)
	}
	// The identified user_1001 does not become part of user_1003: PostHog refuses that.
	if want := []string{visitor + " into user_1001", otherDevice + " into user_1001"}; !slices.Equal(links, want) {
		t.Errorf("links %v, want %v", links, want)
	}
	if got, want := s.Count(0).ByChoice, map[Who]Profiles{Identified: {New: 3}, WithEmail: {New: 3}, All: {New: 3}}; !cmp.Equal(got, want) {
		t.Errorf("profiles by choice %v, want %v", got, want)
	}
}

// TestPaddedIDsAreIDs holds that space around an ID is a part of it, as in PostHog, which trims IDs only to
// find out that nothing is left of one (person-merge-service.ts). Two IDs that differ in space are two
// people, and both link.
func TestPaddedIDsAreIDs(t *testing.T) {
	t.Parallel()
	identify := func(name, id, anonymous string) posthog.Event {
		return posthog.Event{Name: b(name), DistinctID: b(id), AnonDistinctID: b(anonymous)}
	}
	seen := func(id string) posthog.Event { return posthog.Event{Name: b("a"), DistinctID: b(id), Personless: true} }
	rows := rowsOf(seen(" anon "), seen("anon"), seen("other"),
		identify("$identify", " user ", " anon "), identify("$identify", "user", "anon"), identify("$identify", " guest ", "other"),
		identify("$identify", "user", "  "), identify("$identify", "user", "guest"),
		identify(" $identify ", "user", "late")) // an event of another name
	s := decided(Options{}, Choice{Merges: MergeIdentify}, rows)
	var links []string
	for l := range s.Merges() {
		links = append(links, l.Value+" into "+l.Person.DistinctID)
	}
	if want := []string{" anon  into  user ", "anon into user", "other into  guest "}; !slices.Equal(links, want) {
		t.Errorf("links %q, want %q", links, want)
	}
}
