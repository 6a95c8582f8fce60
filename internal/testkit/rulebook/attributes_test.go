package rulebook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestAttributes holds what becomes of the attributes of the person who has the ID u.
func TestAttributes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows, persons, want string
	}{
		"set":                       {`1 $set u set={"a":1,"b":"x"}`, ``, `a=1 b="x"`},
		"set, in order of time":     {"2 $set u set={\"a\":2}\n1 $set u set={\"a\":1}", ``, `a=2`},
		"in order of ingestion":     {"1 $set u set={\"a\":1} timestamp=7\n2 $set u set={\"a\":2} timestamp=5", ``, `a=2`},
		"at one time by uuid":       {"1 $set u set={\"a\":1} uuid=2\n1 $set u set={\"a\":2} uuid=1", ``, `a=1`},
		"of one uuid by place":      {"1 $set u set={\"a\":1} uuid=1 ref=8\n1 $set u set={\"a\":2} uuid=1 ref=7", ``, `a=1`},
		"set_once on nothing":       {`1 $set u once={"a":1}`, ``, `a=1`},
		"set_once on something":     {"1 $set u set={\"a\":1}\n2 $set u once={\"a\":2}", ``, `a=1`},
		"set_once on null":          {"1 $set u set={\"a\":null}\n2 $set u once={\"a\":2}", ``, `a=2`},
		"set over null":             {"1 $set u set={\"a\":null}\n2 $set u set={\"a\":2}", ``, `a=2`},
		"null over a value":         {"1 $set u set={\"a\":1}\n2 $set u set={\"a\":null}", ``, ``},
		"unset":                     {"1 $set u set={\"a\":1,\"b\":2}\n2 $set u unset=a,c", ``, `b=2`},
		"set_once after unset":      {"1 $set u once={\"a\":1}\n2 $set u unset=a\n3 $set u once={\"a\":3}", ``, `a=3`},
		"all in one row":            {`1 $set u set={"a":1,"b":1} once={"a":2,"c":2} unset=b`, ``, `a=1 b=1 c=2`},
		"a key twice":               {`1 $set u set={"a":1,"a":2}`, ``, `a=2`},
		"on an $exception":          {"0 Order u\n1 $exception u set={\"a\":1}\n2 $$heatmap u set={\"b\":1} unset=c once={\"d\":1}\n3 $ai_span u set={\"a\":1}", ``, ``},
		"on a $feature_flag_called": {`1 $feature_flag_called u set={"a":1}`, ``, `a=1`},
		"on any other event":        {`1 Order u set={"a":1}`, ``, `a=1`},
		"on a personless row":       {`1 Order u set={"a":1} personless`, ``, ``},
		"on a $groupidentify":       {"1 $groupidentify u set={\"a\":1} person={\"b\":1}\n2 Order u", ``, ``},
		"a snapshot is all there was": {
			"1 $set u set={\"a\":1}\n2 Order u person={\"b\":2}\n3 $set u set={\"c\":3}", ``, `b=2 c=3`,
		},
		"the newest snapshot":          {"2 Order u person={\"b\":2}\n1 Order u person={\"a\":1}", ``, `b=2`},
		"an empty snapshot":            {"1 $set u set={\"a\":1}\n2 Order u person={}", ``, `a=1`},
		"set of a row with a snapshot": {`1 Order u person={"a":1} set={"b":1}`, ``, `a=1 b=1`},
		"a snapshot of an $exception":  {"1 $set u set={\"a\":1}\n2 $exception u person={\"b\":2}", ``, `a=1`},
		"a snapshot of another ID": {
			"1 $set u set={\"a\":1}\n2 $identify u anon=A\n3 Order A person={\"b\":2}", ``, `b=2`,
		},
		"changes of another ID":                      {"1 $set u set={\"a\":1}\n2 $identify u anon=A\n3 Order A set={\"b\":2}", ``, `a=1 b=2`},
		"of an illegal ID":                           {"1 Order u pid=p\n2 Order null pid=p set={\"a\":1}", ``, ``},
		"the persons export":                         {`8 $set u set={"a":1}`, `u p person={"b":2,"c":null}`, `b=2`},
		"rows of its time":                           {`9 $set u set={"a":1} uuid=1`, `u p person={"b":2}`, `b=2`},
		"rows after it":                              {`10 $set u set={"a":1}`, `u p person={"b":2}`, `a=1 b=2`},
		"a snapshot after it":                        {`10 Order u person={"a":1}`, `u p person={"b":2}`, `a=1`},
		"its newest row":                             {`1 Order u`, "u p pv=2 person={\"b\":2}\nv p pv=3 person={\"c\":3}", `c=3`},
		"of two of its persons":                      {`10 $identify u anon=v`, "u p person={\"b\":2}\nv q person={\"c\":3}", `b=2 c=3`},
		"without properties":                         {`1 $set u set={"a":1}`, `u p`, `a=1`},
		"at one created_at by timestamp":             {"5 $set u set={\"a\":1} timestamp=4 uuid=1\n5 $set u set={\"a\":2} timestamp=3 uuid=2", ``, `a=1`},
		"set over its own snapshot":                  {`1 Order u person={"a":1,"b":1} set={"a":2}`, ``, `a=2 b=1`},
		"set_once over its own snapshot":             {`1 Order u person={"a":1,"b":null} once={"a":2,"b":2,"c":2}`, ``, `a=1 b=2 c=2`},
		"unset over its own snapshot":                {`1 Order u person={"a":1,"b":1} unset=a,c`, ``, `b=1`},
		"set and unset of what was there":            {"1 $set u set={\"a\":1}\n2 $set u set={\"a\":2} unset=a", ``, ``},
		"set and unset of what was null":             {"1 $set u set={\"a\":null}\n2 $set u set={\"a\":2} unset=a", ``, ``},
		"set and unset of what was not there":        {`1 $set u set={"a":2} unset=a`, ``, `a=2`},
		"set_once and unset":                         {"1 $set u set={\"a\":1}\n2 $set u once={\"a\":2,\"b\":2} unset=a,b", ``, `b=2`},
		"set and unset that a snapshot holds":        {`1 $set u person={"a":2} set={"a":2} unset=a`, ``, `a=2`},
		"set and unset that no snapshot holds":       {"1 $set u set={\"a\":1}\n2 $set u person={\"b\":1} set={\"a\":2} unset=a", ``, `b=1`},
		"set and unset in a row that is there twice": {"1 $set u set={\"a\":2} unset=a uuid=1\n1 $set u set={\"a\":2} unset=a uuid=1", ``, `a=2`},
		"a target's values win over its source's": {
			"1 $set u set={\"a\":1,\"b\":null}\n2 $set v set={\"a\":2,\"b\":2,\"c\":2}\n3 $create_alias u alias=v", ``, `a=1 c=2`,
		},
		"whichever is u":            {"1 $set u set={\"a\":1}\n2 $set v set={\"a\":2,\"b\":2}\n3 $identify v anon=u", ``, `a=2 b=2`},
		"and then the link's own":   {"1 $set u set={\"a\":1}\n2 $set v set={\"a\":2}\n3 $identify u anon=v set={\"a\":3}", ``, `a=3`},
		"a snapshot before a merge": {"1 Order u person={\"a\":1}\n2 $set v set={\"a\":2,\"b\":2}\n3 $identify u anon=v", ``, `a=1 b=2`},
		"a snapshot after a merge":  {"1 $set v set={\"a\":2,\"b\":2}\n2 $identify u anon=v\n3 Order v person={\"c\":3}", ``, `c=3`},
		"a merge after unset":       {"1 $set u set={\"a\":1}\n2 $set u unset=a\n2 $set v set={\"a\":2}\n3 $identify u anon=v", ``, `a=2`},
		"a merge into somebody merged": {
			"1 $set u set={\"a\":1}\n1 $set v set={\"a\":2,\"b\":2}\n1 $set w set={\"a\":3,\"b\":3,\"c\":3}\n2 $create_alias v alias=w\n3 $merge_dangerously u alias=v",
			``, `a=1 b=2 c=3`,
		},
		"a refused link": {
			"1 $identify u anon=x set={\"a\":1}\n1 $identify v anon=y set={\"b\":1}\n2 $identify u anon=v", ``, `a=1`,
		},
		"one person_id is one person from the start": {"1 $set u set={\"a\":1} pid=p\n2 $set v set={\"a\":2} pid=p", ``, `a=2`},
		"unless a link tells when":                   {"1 $set u set={\"a\":1} pid=p\n2 $set v set={\"a\":2} pid=p\n3 $identify u anon=v", ``, `a=1`},
		"for all of its IDs": {
			"1 $set u set={\"a\":1} pid=p\n2 $set v set={\"a\":2} pid=p\n3 $identify u anon=v\n4 Order w pid=p", ``, `a=2`,
		},
		"a timestamp in the future": {"1 $set u set={\"a\":1} timestamp=2000\n2 $set u set={\"a\":2}", ``, `a=2`},
		"without created_at":        {"- $set u set={\"a\":1} timestamp=2000\n2 $set u set={\"b\":2}", ``, `b=2`},
		"values as written":         {`1 $set u set={"a":1.50,"b":{"c":[1,null]}}`, ``, `a=1.50 b={"c":[1,null]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := History{Rows: rowsOf(t, c.rows), Persons: personsOf(t, c.persons), ExportedAt: 9, Now: 1000}
			attributes := Resolve(h).People["u"].Attributes
			var got []string
			for _, key := range slices.Sorted(maps.Keys(attributes)) {
				got = append(got, key+"="+attributes[key])
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"a@example.com"`: "a@example.com", `"\u0020A@example.com\n"`: "A@example.com", `"no"`: "no", `7`: "", `null`: "", `["a"]`: "",
	} {
		o := Resolve(History{Rows: rowsOf(t, fmt.Sprintf(`1 $set u set={"email":%s}`, value))})
		if got := o.People["u"].Email; got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

// TestEvents holds that a person has the events of all its IDs, also those that are personless.
func TestEvents(t *testing.T) {
	t.Parallel()
	o := Resolve(History{Rows: rowsOf(t, `
		1 $pageview A personless
		2 $identify u anon=A noevent
		3 Order u
		4 Order u
		5 $groupidentify u
		6 Order undefined`)})
	if got := o.People["A"].Events; got != 3 {
		t.Errorf("%d events, want 3", got)
	}
}

// TestTexts holds the shapes of IDs at their edges.
func TestTexts(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"": "illegal", "\ufeff\u00a0": "illegal", "GUEST": "illegal", "'None'": "illegal", `"Email"`: "illegal", "NONE": "", "NaN": "illegal",
		"nan": "", " guest ": "", `"null'`: "", "\u0130D": "", "$posthog_cookieless": "illegal", "'$posthog_cookieless'": "",
		visitor: "machine", strings.ToUpper(visitor): "machine", strings.ReplaceAll(visitor, "-", ""): "machine", visitor[1:]: "",
		"17f1d2a3b4c5d6-0a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8": "machine",
		"17f1d2a3b4c5d6-1a1b2c3d4e5f67-35667c03-13c680-17f1d2a3b4c7e8": "",
		"17f1d2a3b4c5d6-0a1b2c3d4e5f67--13c680-17f1d2a3b4c7e8":         "",
		"a@example.com": "email", " a@example.com ": "email", "a@example": "", "@example.com": "", "a@b@example.com": "", "a b@example.com": "",
		"a@example..com": "", "a@.example.com": "", "a@example.com.": "", strings.Repeat("a", 65) + "@example.com": "",
	} {
		got := ""
		switch {
		case Illegal(id):
			got = "illegal"
		case machineShaped(id):
			got = "machine"
		case emailShaped(id):
			got = "email"
		}
		if got != want {
			t.Errorf("%q is %q, want %q", id, got, want)
		}
	}
}

// TestPersonIDs holds the person_ids of the sample export, which PostHog's rule gives for its IDs.
func TestPersonIDs(t *testing.T) {
	t.Parallel()
	if got, want := personIDIn("4242", visitor), "b1b32417-b0ba-5954-a245-e60d29e93178"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
