package mapping

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnmetFilters finds test-accounts whose property nobody has.
func TestUnmetFilters(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{File: fileOf(t, `test-accounts:
- {key: email, operator: not_icontains, value: "@we.example"}
- {key: $host, operator: is_not, value: localhost}
- {key: plann, value: pro}
- {key: internal, operator: is_not_set}
- {key: emial, type: person, operator: not_icontains, value: "@we.example"}
- {key: email, type: person, operator: not_icontains, value: "@we.example"}
- {key: $host, type: person, operator: is_set}
- {key: gone, type: person, operator: is_set}
- {key: staff, type: person, operator: is_not_set}
`)})
	c := []*Classifier{r.NewClassifier(), r.NewClassifier()}
	if got := r.UnmetFilters(c, nil); len(got) > 0 {
		t.Errorf("before any row: %+v", got)
	}
	c[0].Classify(row("a", `{"plan":"pro"}`))
	c[1].Classify(row("$set", `{"$host":"x"}`))
	for _, f := range r.PeopleFilters() {
		f.Match(nil)
		switch f.Key {
		case "email":
			f.Match([]byte(`"maya@example.com"`))
		case "gone":
			f.Match([]byte("null"))
		}
	}
	want := []UnmetFilter{
		{Line: 2, Key: "email", Type: "event", OtherType: "person"},
		{Line: 4, Key: "plann", Type: "event", LeavesOutAll: true, Meant: "plan"},
		{Line: 6, Key: "emial", Type: "person", Meant: "email"},
		{Line: 8, Key: "$host", Type: "person", LeavesOutAll: true, OtherType: "event"},
		{Line: 9, Key: "gone", Type: "person", LeavesOutAll: true},
	}
	if diff := cmp.Diff(want, r.UnmetFilters(c, []string{"email", "gone"})); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
	if got := newRules(t, Options{}).UnmetFilters([]*Classifier{newRules(t, Options{}).NewClassifier()}, nil); got != nil {
		t.Errorf("without a file: %v", got)
	}
}
