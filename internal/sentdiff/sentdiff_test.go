package sentdiff

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
)

func operation(t *testing.T, body string) customerio.Operation {
	t.Helper()
	o, err := customerio.ParseOperation([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func event(id int, name, attributes string) string {
	return fmt.Sprintf(`{"type":"person","action":"event","identifiers":{"id":"u"},"name":%q,"id":"%026d","timestamp":1,"attributes":%s}`, name, id, attributes)
}

// counts has the four counts of each group that has any.
func counts(r *Result) map[string][4]int64 {
	all := map[string][4]int64{"": {r.Same, r.Changed, r.Gone, r.New}}
	for _, g := range r.Groups {
		all[string(g.Action)+" "+g.Name] = [4]int64{g.Same, g.Changed, g.Gone, g.New}
	}
	return all
}

func TestOperationsAreCompared(t *testing.T) {
	c := New(t.TempDir(), 10)
	defer c.Close()
	const person, other, merge = `{"type":"person","action":"identify","identifiers":{"id":"u"},"attributes":{"a":1}}`,
		`{"type":"person","action":"identify","identifiers":{"email":"u"}}`,
		`{"type":"person","action":"merge","primary":{"id":"u"},"secondary":{"id":"v"}}`
	for _, body := range []string{person, event(3, "c", "{}"), event(1, "a", `{"x":1,"y":2}`), event(2, "b", "{}"), merge} {
		if err := c.Before(operation(t, body)); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []string{
		`{"type":"person","action":"identify","identifiers":{"id":"u"},"attributes":{"a":2}}`, other,
		event(1, "a", `{"y":2,"x":1.0}`), event(2, "B", `{"z":null}`), event(4, "d", "{}"), merge,
	} {
		if err := c.After(operation(t, body)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := c.Result(t.Context())
	want := map[string][4]int64{
		"": {2, 2, 1, 2}, "identify ": {0, 1, 0, 1}, "event a": {1, 0, 0, 0}, "event b": {0, 1, 0, 0}, "event c": {0, 0, 1, 0}, "event d": {0, 0, 0, 1}, "merge ": {1, 0, 0, 0},
	}
	if diff := cmp.Diff(want, counts(r)); err != nil || diff != "" {
		t.Fatalf("%v; want -, got +:\n%s", err, diff)
	}
	var names []string
	for _, g := range r.Groups {
		names = append(names, g.Name)
	}
	if diff := cmp.Diff([]string{"", "b", "c", "d", "a", ""}, names); diff != "" {
		t.Errorf("the order of groups: %s", diff)
	}
	members := r.Groups[1].Examples[0].Members
	if text := fmt.Sprintf("%s", members); text != `[{name "b" "B"} {attributes.z  null}]` {
		t.Error(text)
	}
}

// TestManyOperations sorts more than fit into memory, and keeps few examples.
func TestManyOperations(t *testing.T) {
	c := New(t.TempDir(), 6)
	defer c.Close()
	const n = 3 * heldEntries
	for i := range n {
		if err := c.Before(operation(t, event(n-i, fmt.Sprint("a", i%1500), "{}"))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		if err := c.After(operation(t, event(i+1, fmt.Sprint("a", (n-i-1)%1500), `{"x":1}`))); err != nil {
			t.Fatal(err)
		}
	}
	r, err := c.Result(t.Context())
	if err != nil || r.Changed != n || r.Same+r.Gone+r.New != 0 || len(r.Groups) != mostGroups+1 {
		t.Fatalf("%v: %d changed, %d others, %d groups", err, r.Changed, r.Same+r.Gone+r.New, len(r.Groups))
	}
	examples := 0
	for _, g := range r.Groups {
		examples += len(g.Examples)
		if len(g.Examples) > 2 {
			t.Errorf("%d examples of %s", len(g.Examples), g.Name)
		}
	}
	if examples != 6 {
		t.Errorf("%d examples", examples)
	}
}
