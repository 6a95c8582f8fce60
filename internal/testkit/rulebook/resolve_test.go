package rulebook

import (
	"math/rand/v2"
	"regexp"
	"testing"
)

type example struct {
	name     string
	rows     string
	persons  string
	exported int64
	existing []string
	userID   string
	all      bool
	want     string // see told
	links    string // see verdicts
}

func (e example) history(t *testing.T) History {
	t.Helper()
	h := History{Rows: rowsOf(t, e.rows), Persons: personsOf(t, e.persons), ExportedAt: e.exported, All: e.all}
	for _, id := range e.existing {
		h.Existing = append(h.Existing, Profile{ID: id})
	}
	if e.userID != "" {
		h.UserID = regexp.MustCompile(e.userID)
	}
	return h
}

// check resolves an example with its rows in some orders.
func check(t *testing.T, examples []example) {
	t.Helper()
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			h := e.history(t)
			for seed := range uint64(5) {
				o := Resolve(h)
				if got := told(o); got != e.want {
					t.Errorf("people %q, want %q", got, e.want)
				}
				if got := verdicts(o); got != e.links {
					t.Errorf("links %q, want %q", got, e.links)
				}
				r := rand.New(rand.NewPCG(seed, 2))
				h.Rows, h.Persons = shuffled(r, h.Rows), shuffled(r, h.Persons)
			}
		})
	}
}

const (
	visitor = "0195602e-7a11-7c3e-9d55-3f2b61c0aa01"
	tablet  = "01957b90-11de-7b1a-8a61-6b1c22f0ab02"
)

func TestIllegalIDsJoinNobody(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "as distinct_id", rows: `
			1 $pageview A personless device=A
			2 $identify undefined anon=A device=A user=undefined identified`,
			want: "A: A (anonymous)"},
		{name: "as anon_distinct_id", rows: `1 $identify u anon=null`, want: "u: u"},
		{name: "as alias", rows: `1 $create_alias u alias="Guest"`, want: "u: u"},
		{name: "the visitor without cookies", rows: `
			1 $identify u anon=$posthog_cookieless
			2 $pageview $posthog_cookieless pid=p
			3 Order u pid=p`,
			want: "u: u"},
		{name: "on two rows of one person_id", rows: `
			1 Order u pid=p
			2 Order null pid=p
			3 Order null pid=q
			4 Order v pid=q`,
			want: "u: u; v: v"},
		{name: "in the persons export", persons: `
			0 p
			u p`,
			exported: 9, want: "u: u (anonymous)"},
		{name: "its device still counts", rows: `
			1 $pageview null device=kiosk
			2 $pageview kiosk web`,
			want: "kiosk: kiosk (anonymous visitor)"},
	})
}

func TestGroupidentifySaysNothingOfAnybody(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "alone", rows: `1 $groupidentify $company_acme pid=p`, userID: "company", want: ""},
		{name: "with a person_id of somebody", rows: `
			1 $groupidentify $company_acme pid=p
			2 Order $company_acme pid=q
			3 Order u pid=p`,
			want: "$company_acme: $company_acme; u: u"},
		{name: "its device still counts", rows: `
			1 $groupidentify u device=kiosk anon=other identified user=u
			2 $pageview kiosk web
			3 $pageview other`,
			want: "kiosk: kiosk (anonymous visitor); other: other"},
	})
}

func TestRowsThatLinkNothing(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "personless", rows: `1 $identify u anon=A personless`, want: "u: u (anonymous)"},
		{name: "one ID twice", rows: `1 $identify u anon=u`, want: "u: u"},
		{name: "an alias on an $identify", rows: `1 $identify u alias=A`, want: "u: u"},
		{name: "an anon_distinct_id on an alias", rows: `1 $create_alias u anon=A`, want: "u: u"},
		{name: "another event", rows: `1 Order u anon=A alias=B`, want: "u: u"},
		{name: "an $identify of a back end", rows: `1 $identify ` + visitor, want: visitor + ": " + visitor},
	})
}

func TestPersonsExportJoins(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "IDs of one person", persons: `
			A p identified
			u p identified`,
			exported: 9, want: "A: A u"},
		{name: "the highest version counts", persons: `
			u p v=0 pv=7
			u q v=1 pv=3
			a p pv=7
			b q pv=3`,
			exported: 9, want: "a: a (anonymous); b: b u (anonymous)"},
		{name: "then the highest person_version", persons: `
			u p v=1 pv=7
			u q v=1 pv=3
			a p pv=7
			b q pv=3`,
			exported: 9, want: "a: a u (anonymous); b: b (anonymous)"},
		{name: "then the largest person_id", persons: `
			u p v=1 pv=3
			u q v=1 pv=3
			a p pv=3
			b q pv=3`,
			exported: 9, want: "a: a (anonymous); b: b u (anonymous)"},
		{name: "a deleted mapping joins nothing", persons: `
			u p v=1
			u p v=2 gone
			a p`,
			exported: 9, want: "a: a (anonymous); u: u (anonymous)"},
		{name: "what a person is, the highest person_version says", persons: `
			a p pv=1
			b p pv=2 identified
			c q pv=2
			d q pv=1 identified`,
			exported: 9, want: "a: a b; c: c d (anonymous)"},
	})
}

func TestSharedPersonIDs(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "without an export they always join", rows: `
			1 Order a pid=p
			2 Order b pid=p
			3 Order b pid=q
			4 Order c pid=q`,
			want: "a: a b c"},
		{name: "on personless rows too", rows: `
			1 $pageview ` + visitor + ` pid=p personless
			2 Order u pid=p`,
			want: "u: " + visitor + " u"},
		{name: "on personless rows alone", rows: `
			1 $pageview ` + visitor + ` pid=p personless
			2 $pageview ` + tablet + ` pid=p personless`,
			want: visitor + ": " + visitor + " " + tablet + " (anonymous)"},
		{name: "not on rows that make nobody, of IDs without others", rows: `
			1 $ai_generation t1 pid=p
			2 $exception t2 pid=p personless
			3 $$heatmap t3 pid=p
			4 Order u pid=p`,
			want: "u: u"},
		{name: "but of IDs that have others, whatever their person_id", rows: `
			1 $ai_generation t1 pid=p
			2 $exception t2 pid=p personless
			3 $pageview t1 personless
			4 $pageview t2 pid=q personless
			5 Order u pid=p`,
			want: "u: t1 t2 u"},
		{name: "not of the ID of all who have no cookies", rows: `
			1 $pageview cookielessd_1 pid=p
			2 Order u pid=p`,
			want: "cookielessd_1: cookielessd_1 (anonymous); u: u"},
		{name: "nobody new becomes a bridge between two persons of the export", rows: `
			1 Order u pid=old
			2 Order v pid=old
			3 Order w pid=old`,
			persons: `
			u p
			v q`,
			exported: 9, want: "u: u w; v: v"},
		{name: "nor does a younger row make one of an older one", rows: `
			1 Order u pid=old
			2 Order w pid=old
			10 Order v pid=old`,
			persons: `
			u p
			v q`,
			exported: 9, want: "u: u; w: v w"},
		{name: "with an export, not two of its persons", rows: `
			1 Order u pid=p
			2 Order u pid=q`,
			persons: `
			u p
			v q`,
			exported: 9, want: "u: u; v: v (anonymous)"},
		{name: "unless a row is younger than the export", rows: `
			1 Order u pid=p
			2 Order u pid=q
			10 Order u pid=q`,
			persons: `
			u p
			v q`,
			exported: 9, want: "u: u v"},
		{name: "a row of the time of the export is not younger", rows: `9 Order u pid=q`,
			persons: `
			u p
			v q`,
			exported: 9, want: "u: u; v: v (anonymous)"},
		{name: "of rows that say the same, the smaller person_id comes first", rows: `
			1 Order u pid=q
			1 Order u pid=p`,
			persons: `
			a p
			b q`,
			exported: 9, want: "b: b (anonymous); u: a u"},
		{name: "of a person_id that the export does not know, the earliest row decides", rows: `
			2 Order u pid=old
			1 Order v pid=old
			3 Order w pid=old`,
			persons: `
			u p
			v q`,
			exported: 9, want: "u: u; v: v w"},
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "a visitor logs in", rows: `
			1 $pageview A personless device=A
			2 $identify u anon=A device=A`,
			want: "u: A u", links: "accepted"},
		{name: "a second device", rows: `
			1 $identify u anon=` + visitor + `
			2 $pageview ` + tablet + `
			3 $identify u anon=` + tablet,
			want: "u: " + visitor + " " + tablet + " u", links: "accepted; accepted"},
		{name: "a second login", rows: `
			1 $identify u anon=A
			2 $identify u anon=A`,
			want: "u: A u", links: "accepted; already one"},
		{name: "one already by a person_id that comes later", rows: `
			1 $identify u anon=v
			2 $identify v anon=A
			3 $identify u anon=v
			4 Order u pid=p
			5 Order v pid=p`,
			want: "u: A u v", links: "already one; accepted; already one"},
		{name: "a shared device", rows: `
			1 $identify u anon=A
			2 Order v
			3 $identify v anon=u`,
			want: "u: A u; v: v", links: "accepted; already identified"},
		{name: "a shared device of somebody new", rows: `
			1 $identify u anon=A
			3 $identify v anon=u`,
			want: "u: A u; v: v", links: "accepted; already identified"},
		{name: "a shared device, one after the other", rows: `
			1 Start m
			2 $identify u anon=m
			3 $identify v anon=m
			4 $identify w anon=v
			5 $identify u anon=m
			6 $identify w anon=m`,
			want:  "u: m u; v: v; w: w",
			links: "accepted; already identified; already identified; already one; already identified"},
		{name: "a shared device, each named as the ID before the next", rows: `
			1 $identify u anon=m
			2 $identify v anon=u
			3 $identify w anon=v
			4 $identify u anon=w`,
			want: "u: m u; v: v; w: w", links: "accepted; already identified; already identified; already identified"},
		{name: "an ID that a machine made joins somebody identified", rows: `
			1 $identify u anon=A
			2 $identify ` + visitor + ` anon=u`,
			want: visitor + ": " + visitor + " A u", links: "accepted; accepted"},
		{name: "unless it has a person", rows: `
			1 $identify u anon=A
			2 $pageview ` + visitor + `
			3 $identify ` + visitor + ` anon=u`,
			want: visitor + ": " + visitor + "; u: A u", links: "accepted; already identified"},
		{name: "or is of one", rows: `
			1 $identify u anon=A
			2 Order v pid=p
			3 $pageview ` + visitor + ` pid=p personless
			4 $identify ` + visitor + ` anon=u`,
			want: "u: A u; v: " + visitor + " v", links: "accepted; already identified"},
		{name: "an anonymous ID that shares the person_id of somebody identified is theirs", rows: `
			1 Order u pid=p user=u
			2 $pageview A pid=p personless
			3 $identify v anon=A`,
			want: "u: A u; v: v", links: "already identified"},
		{name: "the ID of all who have no cookies joins nobody", rows: `
			1 $identify u anon=cookielessd_1
			2 $create_alias v alias=cookielessd_1
			3 $merge_dangerously w alias=cookielessd_1
			4 $identify cookielessd_1 anon=x`,
			want: "cookielessd_1: cookielessd_1 (anonymous); u: u; v: v; w: w"},
		{name: "a visitor without cookies logs in", rows: `
			1 $pageview cookieless_1 web device=cookielessd_1
			2 $identify u anon=cookieless_1`,
			want: "u: cookieless_1 u", links: "accepted"},
		{name: "$merge_dangerously may", rows: `
			1 $identify u anon=A
			2 Order v
			3 $merge_dangerously v alias=u`,
			want: "v: A u v", links: "accepted; accepted"},
		{name: "an alias may not", rows: `
			1 $identify u anon=A
			2 Order v
			3 $create_alias v alias=u`,
			want: "u: A u; v: v", links: "accepted; already identified"},
		{name: "the other way round it may", rows: `
			1 $identify u anon=A
			2 Order v
			3 $create_alias u alias=v`,
			want: "u: A u v", links: "accepted; accepted"},
		{name: "personless rows make no person", rows: `
			1 $identify u anon=A
			2 $pageview v personless
			3 $create_alias v alias=u`,
			want: "u: A u v", links: "accepted; accepted"},
		{name: "the source of an earlier link has a person", rows: `
			1 $identify u anon=A
			2 $identify w anon=v
			3 $create_alias v alias=u`,
			want: "u: A u; w: v w", links: "accepted; accepted; already identified"},
		{name: "the target of a refused link is identified", rows: `
			1 $identify u anon=A
			2 Order v
			3 $identify v anon=u
			4 Order w
			5 $identify w anon=v`,
			want: "u: A u; v: v; w: w", links: "accepted; already identified; already identified"},
		{name: "so has that of one that found them one already", rows: `
			1 $identify w anon=v
			2 $identify u anon=A
			3 $create_alias v alias=u
			4 Order v pid=p
			4 Order w pid=p`,
			want: "u: A u; w: v w", links: "already one; accepted; already identified"},
		{name: "an ID without a person comes with its group", rows: `
			1 $identify u anon=A pid=p
			2 Order v
			3 $identify v anon=s
			4 Order s pid=p`,
			want: "u: A s u; v: v", links: "accepted; already identified"},
		{name: "somebody known with a row before is identified", rows: `
			1 Order u user=u
			2 Order v
			3 $identify v anon=u`,
			want: "u: u; v: v", links: "already identified"},
		{name: "not if only later rows say that there is a login", rows: `
			1 Order u
			2 Order v
			3 $identify v anon=u
			4 $pageview u personless identified`,
			want: "v: u v", links: "accepted"},
		{name: "unless it is with that very ID, which a device does not become", rows: `
			2 Order v
			3 $identify v anon=u
			4 Order u user=u`,
			want: "u: u; v: v", links: "already identified"},
		{name: "of an $identify", rows: `
			2 Order v
			3 $create_alias v alias=u
			4 Order u user=u`,
			want: "v: u v", links: "accepted"},
		{name: "not if the row is later", rows: `
			2 Order v
			3 $identify v anon=u
			4 Order u identified`,
			want: "v: u v", links: "accepted"},
		{name: "not if another ID of the same person is known later", rows: `
			1 Order s pid=p
			2 Order v
			3 $identify v anon=s
			4 Order u user=u pid=p`,
			want: "v: s u v", links: "accepted"},
		{name: "not somebody whom only a back end knows", rows: `
			1 Order u
			2 Order v
			3 $identify v anon=u`,
			want: "v: u v", links: "accepted"},
	})
}

func TestOrderOfLinks(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "by time, not by place", rows: `
			3 $identify v anon=u
			2 Order v
			1 $identify u anon=A`,
			want: "u: A u; v: v", links: "accepted; already identified"},
		{name: "by time of ingestion, not by timestamp", rows: `
			1 $identify u anon=A timestamp=7
			2 Order v timestamp=9
			3 $identify v anon=u timestamp=5`,
			want: "u: A u; v: v", links: "accepted; already identified"},
		{name: "by timestamp without created_at", rows: `
			- $identify u anon=A timestamp=5
			2 Order v
			3 $identify v anon=u`,
			want: "v: A u v", links: "accepted; accepted"},
		{name: "by uuid at one time", rows: `
			5 $identify v anon=u uuid=3
			5 Order v uuid=2
			5 $identify u anon=A uuid=1`,
			want: "u: A u; v: v", links: "accepted; already identified"},
		{name: "by uuid at one time, the other way", rows: `
			5 $identify v anon=u uuid=1
			5 Order v uuid=2
			5 $identify u anon=A uuid=3`,
			want: "v: A u v", links: "accepted; accepted"},
		{name: "without uuid before all with one", rows: `
			5 $identify v anon=u uuid=1
			5 Order v
			5 $identify u anon=A`,
			want: "u: A u; v: v", links: "accepted; already identified"},
		{name: "without uuids by name, then distinct_id", rows: `
			5 Buy w
			5 $identify u anon=A
			5 $identify w anon=u`,
			want: "u: A u; w: w", links: "accepted; already identified"},
		{name: "by distinct_id before what is linked", rows: `
			1 Order c
			5 $identify c anon=b
			5 $identify b anon=z`,
			want: "b: b z; c: c", links: "accepted; already identified"},
		{name: "then by what is linked", rows: `
			5 $identify w anon=b
			5 $identify w anon=a
			1 $identify b anon=A`,
			want: "b: A b; w: a w", links: "accepted; accepted; already identified"},
		{name: "without any time before all", rows: `
			- $identify u anon=A
			- Order v
			1 $identify v anon=u`,
			want: "u: A u; v: v", links: "accepted; already identified"},
	})
}

func TestLinksAgainstThePersonsExport(t *testing.T) {
	t.Parallel()
	const two = `
		u p identified
		v q identified`
	check(t, []example{
		{name: "not two of its persons", rows: `1 $identify u anon=v`, persons: two, exported: 9,
			want: "u: u; v: v", links: "persons export"},
		{name: "not by $merge_dangerously either", rows: `1 $merge_dangerously u alias=v`, persons: two, exported: 9,
			want: "u: u; v: v", links: "persons export"},
		{name: "nor at its very time", rows: `9 $identify u anon=v`, persons: two, exported: 9,
			want: "u: u; v: v", links: "persons export"},
		{name: "nor without a time", rows: `- $identify u anon=v`, persons: two, exported: 9,
			want: "u: u; v: v", links: "persons export"},
		{name: "a younger link may", rows: `10 $identify u anon=v`, persons: `
			u p identified
			v q`, exported: 9, want: "u: u v", links: "accepted"},
		{name: "but not move somebody whom the export has as identified", rows: `
			10 $identify u anon=v
			11 $create_alias u alias=v
			12 $identify ` + visitor + ` anon=v
			13 $merge_dangerously u alias=v`,
			persons: two + "\n" + visitor + ` r`, exported: 9,
			want:  visitor + ": " + visitor + "; u: u v",
			links: "already identified; already identified; already identified; accepted"},
		{name: "a younger link is refused like any other", rows: `
			1 $identify v anon=A
			2 Order u
			10 $identify u anon=v`,
			persons: two, exported: 9,
			want: "u: u; v: A v", links: "accepted; already identified"},
		{name: "the same person is no conflict", rows: `1 $identify u anon=A`, persons: `
			u p
			A p`,
			exported: 9, want: "u: A u", links: "already one"},
		{name: "both IDs of a refused link have a person", rows: `
			1 $identify u anon=v
			2 $identify x anon=A
			3 $identify v anon=x`,
			persons: two, exported: 9,
			want: "u: u; v: v; x: A x", links: "persons export; accepted; already identified"},
	})
}
