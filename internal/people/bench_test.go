package people

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"ph2cio/internal/posthog"
)

// snapshotOf makes person_properties as PostHog's web library leaves them: a few of the customer's own, and
// many of PostHog's, about 3 KB together.
func snapshotOf(n int) []byte {
	all := map[string]any{
		"email": fmt.Sprintf("person.%d@example.com", n), "name": fmt.Sprintf("Person %d", n),
		"plan": "trial", "created_at": "2026-03-04T09:16:02Z", "company": "Acornly GmbH", "seats": n % 50,
	}
	for i := range 22 {
		all[fmt.Sprintf("utm_number_%d", i)] = nil
		all[fmt.Sprintf("$initial_utm_number_%d", i)] = nil
		all[fmt.Sprintf("$property_%d", i)] = strings.Repeat("x", 30+i)
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return text
}

// renumber gives somebody else's number to a snapshot of number 10,000,000.
func renumber(snapshot []byte, n int) []byte {
	return bytes.ReplaceAll(snapshot, []byte("10000000"), fmt.Appendf(nil, "%08d", n))
}

func keepCustom(key []byte) bool { return key[0] != '$' }

func typicalRow(id string) *posthog.Event {
	return &posthog.Event{
		Name: []byte("Order Completed"), DistinctID: []byte(id), PersonID: []byte("b1b32417-b0ba-5954-a245-e60d29e93178"),
		HasUUID: true, CreatedAt: posthog.Time{Micros: 1_772_600_000_000_000, State: posthog.Known},
	}
}

func uuidID(n int) string { return fmt.Sprintf("0195602e-7a11-7c3e-9d55-%012x", n) }

func BenchmarkObserve(b *testing.B) {
	for _, bench := range []struct {
		name    string
		prepare func(e *posthog.Event)
		change  func(e *posthog.Event, i int)
	}{
		{"personless", func(e *posthog.Event) { e.Personless, e.DeviceID = true, e.DistinctID }, nil},
		{"identified, own device", func(e *posthog.Event) {
			e.DistinctID, e.UserID, e.IsIdentified = []byte("user_1001"), []byte("user_1001"), true
			e.DeviceID, e.PersonProperties = []byte(uuidID(1)), snapshotOf(1)
		}, nil},
		{"unchanged snapshot", func(e *posthog.Event) { e.PersonProperties = snapshotOf(1) }, nil},
		{"changed snapshot", func(e *posthog.Event) {}, func() func(e *posthog.Event, i int) {
			var two [2]posthog.Event
			for i := range two {
				two[i].PersonProperties = snapshotOf(1 + 21*i)
				withMembers(&two[i])
			}
			return func(e *posthog.Event, i int) {
				e.PersonProperties, e.PersonMembers = two[i%2].PersonProperties, two[i%2].PersonMembers
			}
		}()},
		{"set without snapshot", func(e *posthog.Event) { e.Set = []byte(`{"email":"maya@example.com","plan":"pro"}`) }, nil},
		{"once without snapshot", func(e *posthog.Event) { e.SetOnce = []byte(`{"first_plan":"pro"}`) }, nil},
	} {
		b.Run(bench.name, func(b *testing.B) {
			x := NewIndex(Options{Keep: keepCustom})
			e := typicalRow(uuidID(1))
			bench.prepare(e)
			withMembers(e)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				e.Ref++
				e.CreatedAt.Micros++
				if bench.change != nil {
					bench.change(e, i)
				}
				x.Observe(e, true)
			}
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	x := NewIndex(Options{Keep: keepCustom})
	ids := make([][]byte, 1<<16)
	for i := range ids {
		e := typicalRow(uuidID(i))
		e.Ref, e.IsIdentified = uint64(i), true
		ids[i] = e.DistinctID
		x.Observe(e, true)
	}
	s := decide(x, Choice{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if p, _ := s.Lookup(ids[i%len(ids)]); p == nil {
			b.Fatal("lost")
		}
	}
}

// BenchmarkMemory reports what a million IDs take: half of them never with a person, three in ten with
// attributes.
func BenchmarkMemory(b *testing.B) {
	const n = 1_000_000
	snapshot := snapshotOf(10_000_000)
	for b.Loop() {
		before := heap()
		x := NewIndex(Options{Keep: keepCustom})
		e := typicalRow("")
		for i := range n {
			e.Ref, e.DistinctID, e.PersonID = uint64(i), []byte(uuidID(i)), []byte(uuidID(n+i))
			e.Personless, e.PersonProperties, e.IsIdentified = i%2 == 0, nil, i%2 == 1
			if i%10 < 6 && i%2 == 1 {
				e.PersonProperties = renumber(snapshot, i)
			}
			x.Observe(withMembers(e), true)
		}
		learnt := heap()
		b.ReportMetric(float64(learnt-before)/n, "learnt-B/ID")
		s := decide(x, Choice{})
		b.ReportMetric(float64(heap()-before)/n, "settled-B/ID")
		b.ReportMetric(float64(x.attributeBytes(s))/n, "kept-B/ID")
		runtime.KeepAlive(s)
	}
}

func (x *Index) attributeBytes(s *Directory) (n int) {
	for p := range s.People() {
		n += len(s.AppendAttributes(nil, p))
	}
	return n
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkSettle times the end of the first pass for half a million identified people.
func BenchmarkSettle(b *testing.B) {
	snapshot := snapshotOf(10_000_000)
	for b.Loop() {
		b.StopTimer()
		x := NewIndex(Options{Keep: keepCustom})
		e := typicalRow("")
		for i := range 500_000 {
			e.Ref, e.DistinctID, e.PersonID, e.IsIdentified = uint64(i), fmt.Appendf(nil, "user_%d", i), []byte(uuidID(i)), true
			e.PersonProperties = renumber(snapshot, i)
			x.Observe(withMembers(e), true)
		}
		b.StartTimer()
		decide(x, Choice{By: []By{ByEmail, ByID}})
	}
}
