package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestS17LateAndInAnotherOrder(t *testing.T) {
	const n = 40
	order := func(seed uint64) (names string) {
		b := newBox(t, faults(Faults{Apply: Apply{Delay: Duration(10 * time.Second), Seed: seed}}))
		for i := range n {
			b.accepts(eventOf("u", fmt.Sprint(i), ""))
		}
		b.now = noon.Add(4999 * time.Millisecond)
		if s := b.Stats(); s.EventsStored != 0 || s.Accepted != n || s.Waiting != n {
			t.Fatalf("%+v, want all accepted and nothing visible", s)
		}
		b.now = noon.Add(8 * time.Second)
		if some := len(b.Events()); some == 0 || some == n {
			t.Errorf("%d events in the middle, want some", some)
		}
		b.now = noon.Add(10 * time.Second)
		if s := b.Stats(); s.EventsStored != n || s.Waiting != 0 {
			t.Errorf("%+v, want all", s)
		}
		if e := b.Events()[0]; e.Timestamp != noon.Unix() {
			t.Errorf("%+v, want the time of receipt, not of applying", e)
		}
		return b.names()
	}
	first := order(1)
	if first == order(2) || first != order(1) {
		t.Error("the order must follow from the seed alone")
	}
	if strings.HasPrefix(first, "0 1 2 3 4 5 ") {
		t.Errorf("order %s, want it shuffled", first)
	}
}

func TestS17IdentifyAndMergeRace(t *testing.T) {
	lost := 0
	for seed := range uint64(40) {
		b := newBox(t, faults(Faults{Apply: Apply{Delay: Duration(10 * time.Second), Seed: seed}}))
		b.accepts(identify("p", ""), identify("s", ""))
		b.now = b.now.Add(time.Second)
		b.accepts(merge("p", "s"))
		b.Flush()
		if s := b.Stats(); s.Merges == 0 {
			lost++
		}
		b.now = b.now.Add(time.Minute)
		b.accepts(identify("p", ""), identify("s", ""))
		b.now = b.now.Add(10 * time.Second)
		b.accepts(merge("p", "s"))
		b.Flush()
		if len(b.People()) != 1 {
			t.Errorf("seed %d: %+v, want a settled merge to work", seed, b.People())
		}
	}
	if lost == 0 || lost == 40 {
		t.Errorf("%d of 40 merges lost, want some", lost)
	}
}
