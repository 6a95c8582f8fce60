package rulebook

import (
	"fmt"
	"testing"
)

// TestProfiles resolves people who have several profiles.
func TestProfiles(t *testing.T) {
	t.Parallel()
	const two = `
		1 Order a
		2 Order b
		3 %s`
	for _, test := range []struct {
		name     string
		link     string
		existing []Profile
		sent     []string
		flag     bool
		want     string // kept, held, merges
	}{
		{"two that are there", "$create_alias b alias=a", []Profile{{ID: "a"}, {ID: "b"}}, nil, false, "a true []"},
		{"with a flag", "$create_alias b alias=a", []Profile{{ID: "a"}, {ID: "b"}}, nil, true, "a false [b]"},
		{"that are named", "$merge_dangerously b alias=a", []Profile{{ID: "a"}, {ID: "b"}}, nil, false, "b false [a]"},
		{"one of which was sent", "$merge_dangerously b alias=a", []Profile{{ID: "b"}}, []string{"a"}, false, "b false [a]"},
		{"both of which were", "$create_alias b alias=a", nil, []string{"b", "a"}, false, "b true []"},
		{"the source alone is there", "$merge_dangerously b alias=a", []Profile{{ID: "a"}}, nil, false, "a false []"},
		{"a visitor's", "$identify a anon=" + visitor, []Profile{{ID: visitor}}, nil, false, "a false [" + visitor + "]"},
		{"a visitor's with an email", "$identify a anon=" + visitor, []Profile{{visitor, "v@there.example"}, {ID: "a"}}, nil, false, "a true []"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := History{Rows: rowsOf(t, fmt.Sprintf(two, test.link)), Existing: test.existing, Sent: test.sent, MergeProfiles: test.flag}
			p := Resolve(h).People["a"]
			if got := fmt.Sprint(p.Kept, " ", p.Held, " ", p.Merges); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
