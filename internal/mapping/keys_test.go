package mapping

import (
	"fmt"
	"strings"
	"testing"
)

// Keys that are made of IDs are new on each row. They are sent all the same, and memory does not grow with
// them.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	m := newRules(t, Options{Dots: "_"}).NewMapper(newSomebody(``))
	long := strings.Repeat("n", maxKeyLength+1)
	for i := range maxKeys + 100 {
		op := send(t, m, row("signup", fmt.Sprintf(`{"a.b":1,"cart_%d":2,"%s":3,"a.b":4,"%s":5}`, i, long, long)))
		if got, want := string(op.Attributes), fmt.Sprintf(`{"cart_%d":2,"a_b":4}`, i); got != want {
			t.Fatalf("row %d: attributes %s, want %s", i, got, want)
		}
		if len(m.events.keys.known) > maxKeys+5 || len(m.events.keys.outs) > maxKeys+5 {
			t.Fatalf("row %d: %d keys remembered", i, len(m.events.keys.known))
		}
	}
}
