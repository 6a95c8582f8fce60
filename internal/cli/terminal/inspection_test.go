package terminal

import (
	"strings"
	"testing"

	"ph2cio/internal/inspect"
)

// TestInspectionSaysWhatBecomesOfNullsAndLinks has properties that never have a value, and events that only say who is who.
func TestInspectionSaysWhatBecomesOfNullsAndLinks(t *testing.T) {
	nulls := func(name, treated string, others int64) inspect.Property {
		p := inspect.Property{Name: name, Rows: 3, Coverage: 1, Types: map[string]int64{"null": 3 - others}, Treated: treated}
		if others > 0 {
			p.Types["string"] = others
		}
		return p
	}
	text := Inspection(&inspect.Result{
		Events:           []inspect.Event{{Name: "$create_alias", Rows: 2, Treated: "person"}, {Name: "$merge_dangerously", Rows: 1, Treated: "person"}, {Name: "$set", Rows: 1, Treated: "person"}},
		EventProperties:  []inspect.Property{nulls("fbclid", "sent", 0), nulls("utm_source", "sent", 1), nulls("$lib", "left_out", 0)},
		PersonProperties: []inspect.Property{nulls("born_at", "date", 0)},
	}, "What is in x", Style{}, 80, 0)
	got := map[string]string{}
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 1 {
			got[words[0]] = strings.Join(words[1:], " ")
		}
	}
	for name, want := range map[string]string{
		"$create_alias": "2 0.0% not sent: only says who is who", "$merge_dangerously": "1 0.0% not sent: only says who is who", "$set": "1 0.0% profile update",
		"fbclid": "3 always null 0 bytes null as null", "utm_source": "3 100.0% 0 bytes null, string yes",
		"$lib": "3 always null 0 bytes null no", "born_at": "3 always null 0 bytes null no",
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
}
