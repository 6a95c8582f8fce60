package rulebook

import (
	"strings"
	"testing"
)

func TestWhoIsIdentified(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "a device is not", rows: `
			1 $pageview kiosk device=kiosk web`,
			want: "kiosk: kiosk (anonymous visitor)"},
		{name: "a device that an app knows is", rows: `
			1 $pageview kiosk device=kiosk`,
			want: "kiosk: kiosk"},
		{name: "a visitor of posthog-js is not, whatever the ID", rows: `
			1 $pageview member-7 web
			2 $pageview member-7 web`,
			want: "member-7: member-7 (anonymous visitor)"},
		{name: "unless a row is of another library", rows: `
			1 $pageview member-7 web
			2 Order member-7 personless`,
			want: "member-7: member-7"},
		{name: "which says something", rows: `
			1 $pageview member-7 web
			2 $exception member-7`,
			want: "member-7: member-7 (anonymous visitor)"},
		{name: "or says an email", rows: `
			1 $pageview member-7 web device=member-7
			2 $set member-7 web set={"email":"maya@example.com"}`,
			want: "member-7: member-7"},
		{name: "or the persons export does", rows: `1 $pageview member-7 web`,
			persons: `member-7 p person={"email":"maya@example.com"}`, exported: 9, want: "member-7: member-7"},
		{name: "or it has a profile", rows: `1 $pageview member-7 web device=member-7`, existing: []string{"member-7"},
			want: "member-7: member-7"},
		{name: "or somebody logs in with it", rows: `
			1 $pageview member-7 web device=member-7
			2 $pageview member-7 user=member-7 identified`,
			want: "member-7: member-7"},
		{name: "visitors without cookies are not", rows: `
			1 $pageview cookieless_1
			2 $pageview cookielessd_1 identified`,
			want: "cookieless_1: cookieless_1 (anonymous shape); cookielessd_1: cookielessd_1 (anonymous)"},
		{name: "a UUID is not, which is told", rows: `1 $pageview ` + visitor, want: visitor + ": " + visitor + " (anonymous shape)"},
		{name: "a UUID that is a device is not, whatever its shape", rows: `1 $pageview ` + visitor + ` device=` + visitor,
			want: visitor + ": " + visitor + " (anonymous)"},
		{name: "a UUID without a person is not, whatever its shape", rows: `1 $pageview ` + visitor + ` personless`,
			want: visitor + ": " + visitor + " (anonymous)"},
		{name: "an old ID of a library is not", rows: `1 $pageview 17f1d2a3b4c5d6-0a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8`,
			want: "17f1d2a3b4c5d6-0a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8: " +
				"17f1d2a3b4c5d6-0a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8 (anonymous shape)"},
		{name: "nor does a personless one", rows: `
			1 $identify u anon=v personless
			2 Order v`,
			want: "u: u (anonymous); v: v"},
		{name: "an accepted one does", rows: `
			1 $identify ` + visitor + ` anon=v
			2 $pageview v`,
			want: visitor + ": " + visitor + " v", links: "accepted"},
		{name: "a refused $identify says nothing of its anonymous ID", rows: `
			1 $identify undefined anon=v
			2 Order v`,
			want: "v: v"},
		{name: "a customer of the back end is", rows: `1 Order u`, want: "u: u"},
		{name: "somebody logged in is, personless too", rows: `1 $pageview u personless user=u`, want: "u: u"},
		{name: "somebody else's user_id says nothing", rows: `1 $pageview u personless user=v`, want: "u: u (anonymous)"},
		{name: "the target of a refused link is", rows: `
			1 $identify u anon=A
			2 $pageview kiosk device=kiosk
			3 $identify kiosk anon=u`,
			want: "kiosk: kiosk; u: A u", links: "accepted; already identified"},
		{name: "UserID makes a device somebody", rows: `1 $pageview kiosk device=kiosk personless`, userID: "^kiosk$",
			want: "kiosk: kiosk"},
		{name: "UserID in the persons export alone", persons: `kiosk p`, exported: 9, userID: "^kiosk$", want: "kiosk: kiosk"},
		{name: "UserID in a link alone", rows: `1 $identify undefined anon=x
			2 $create_alias kiosk alias=x device=kiosk`, userID: "^x$", want: "x: kiosk x", links: "accepted"},
		{name: "the persons export says so", persons: `kiosk p identified`, exported: 9, want: "kiosk: kiosk"},
	})
}

func TestKeptIDs(t *testing.T) {
	t.Parallel()
	long := "user_1:" + strings.Repeat("long", 36)
	check(t, []example{
		{name: "a visitor's profile that is there does not count beside an identified ID", rows: `1 $identify user_1 anon=kiosk`,
			existing: []string{"kiosk"}, want: "user_1: kiosk user_1", links: "accepted"},
		{name: "a match of UserID, though another profile is there", rows: `
			1 $identify a anon=kiosk
			2 $create_alias a alias=user_1`,
			existing: []string{"a"}, userID: "^user_", want: "user_1: a kiosk user_1", links: "accepted; accepted"},
		{name: "of identified IDs one that has a profile", rows: `
			1 Order a
			2 Order z
			3 $create_alias a alias=z`,
			existing: []string{"z"}, want: "z: a z", links: "accepted"},
		{name: "of visitors too", rows: `
			1 $pageview ` + visitor + `
			3 $create_alias ` + visitor + ` alias=` + tablet,
			existing: []string{tablet}, want: tablet + ": " + visitor + " " + tablet + " (anonymous shape)", links: "accepted"},
		{name: "then the target of a $merge_dangerously", rows: `
			1 Order a
			2 Order z
			3 $merge_dangerously z alias=a`,
			want: "z: a z", links: "accepted"},
		{name: "then the identified", rows: `
			1 $pageview kiosk device=kiosk
			2 $identify a anon=kiosk`,
			want: "a: a kiosk", links: "accepted"},
		{name: "emails after other IDs", rows: `
			1 $identify a@example.com anon=kiosk
			2 Order z
			3 $create_alias z alias=a@example.com`,
			want: "a@example.com: a@example.com kiosk; z: z", links: "accepted; already identified"},
		{name: "emails after other IDs, of one person", rows: `
			1 $identify a@example.com anon=kiosk
			3 $create_alias z alias=a@example.com`,
			want: "z: a@example.com kiosk z", links: "accepted; accepted"},
		{name: "emails before what is not identified", rows: `
			3 $create_alias a@example.com alias=b`,
			want: "a@example.com: a@example.com b", links: "accepted"},
		{name: "what no machine made before the rest", rows: `1 $create_alias kiosk alias=b device=kiosk web`,
			want: "b: b kiosk (anonymous visitor)", links: "accepted"},
		{name: "then the earliest", rows: `
			1 Order z
			2 Order a
			3 $create_alias a alias=z`,
			want: "z: a z", links: "accepted"},
		{name: "of one time by uuid", rows: `
			1 Order a uuid=2
			1 Order z uuid=1
			3 $create_alias a alias=z`,
			want: "z: a z", links: "accepted"},
		{name: "of one uuid by text", rows: `
			1 Order z
			1 Order a
			3 $create_alias a alias=z`,
			want: "a: a z", links: "accepted"},
		{name: "without a person row, by link", rows: `
			1 $pageview z personless identified
			3 $create_alias b alias=z
			2 Order b`,
			want: "b: b z", links: "accepted"},
		{name: "without a link, by what carries identity", rows: `
			1 $pageview z personless
			4 $pageview z personless identified
			3 $pageview a personless identified`,
			persons: `
			a p
			z p`,
			exported: 9, want: "a: a z"},
		{name: "a match of UserID carries identity", rows: `
			2 $pageview user_1 personless identified
			1 $pageview user_2 personless`,
			persons: `
			user_1 p
			user_2 p`,
			exported: 9, userID: "^user_", want: "user_2: user_1 user_2"},
		{name: "by any row when all are sent", rows: `
			1 $pageview z personless
			4 $pageview z personless identified
			3 $pageview a personless identified`,
			persons: `
			a p
			z p`,
			exported: 9, all: true, want: "z: a z"},
		{name: "never seen comes last", rows: `9 Order z`, persons: `
			a p identified
			z p identified`,
			userID: ".", exported: 9, want: "z: a z"},
		{name: "what is too long comes last", rows: `
			1 $identify ` + long + ` anon=kiosk`,
			existing: []string{long}, want: "kiosk: kiosk " + long, links: "accepted"},
		{name: "150 bytes are not too long", rows: `
			1 $identify ` + long[:150] + ` anon=kiosk`,
			want: long[:150] + ": kiosk " + long[:150], links: "accepted"},
	})
}

func TestDeletedPeople(t *testing.T) {
	t.Parallel()
	check(t, []example{
		{name: "one person", rows: `1 Order u`, persons: `u p deleted`, exported: 9, want: "u: u (deleted)"},
		{name: "deleted at a lower version", persons: `
			u p pv=1 deleted
			u p pv=2`,
			exported: 9, want: "u: u (anonymous)"},
		{name: "one of two persons", rows: `10 $identify u anon=v`, persons: `
			u p deleted
			v q`,
			exported: 9, want: "u: u v", links: "accepted"},
		{name: "two of two persons", rows: `10 $identify u anon=v`, persons: `
			u p deleted
			v q deleted`,
			exported: 9, want: "u: u v (deleted)", links: "accepted"},
	})
}

// TestPeopleOfTheSample is the history of testdata's sample export in short: a visitor who signs up, a second
// device, an alias as client libraries send it, a front end that does not know whom it identifies, and a
// shared device.
func TestPeopleOfTheSample(t *testing.T) {
	t.Parallel()
	const anonymous = "0195602f-0b22-7e10-8f00-1c2d3e4f5a03"
	rows := `
		1 $pageview A1 personless device=A1 pid=p1
		2 $autocapture A1 personless device=A1 pid=p1
		3 $identify user_1001 anon=A1 device=A1 user=user_1001 identified pid=p1
		4 Order user_1001 pid=p1
		5 $groupidentify $company_acme pid=p9
		6 $create_alias ` + anonymous + ` alias=user_1002 pid=p2
		7 $set user_1002 pid=p2
		8 SignedUp user_1003 pid=p3
		9 $identify undefined anon=A3 device=A3 user=undefined identified pid=p4
		10 $identify user_1003 anon=user_1001 device=A1 user=user_1003 identified pid=p3
		11 $pageview A1b personless device=A1b pid=stale
		12 $identify user_1001 anon=A1b device=A1b user=user_1001 identified pid=p1
		13 Project user_1001 device=A1b user=user_1001 identified pid=p1`
	persons := `
		A1 p1 pv=7
		user_1001 p1 pv=7
		A1b p1 v=1 pv=7
		` + anonymous + ` p2 pv=2
		user_1002 p2 pv=2
		user_1003 p3 pv=2
		user_0900 p5 v=3 pv=9 deleted`
	check(t, []example{
		{name: "events alone", rows: rows,
			want:  "user_1001: A1 A1b user_1001; user_1002: " + anonymous + " user_1002; user_1003: user_1003",
			links: "already one; already one; already identified; accepted"},
		{name: "with the persons export", rows: rows, persons: persons, exported: 14,
			want:  "user_0900: user_0900 (anonymous deleted); user_1001: A1 A1b user_1001; user_1002: " + anonymous + " user_1002; user_1003: user_1003",
			links: "already one; already one; persons export; already one"},
	})
}
