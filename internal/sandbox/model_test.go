package sandbox

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ph2cio/internal/sandbox/trackapi"
)

// TestAnyHistoryKeepsTheWorkspaceWhole sends random operations over few identifiers, so that they collide, and checks that
// the workspace never contradicts itself.
func TestAnyHistoryKeepsTheWorkspaceWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := newBox(t, faults(Faults{Apply: Apply{Delay: Duration(rapid.SampledFrom([]time.Duration{0,
			time.Minute}).Draw(r, "delay"))}}),
			switches(Switches{
				Phone: rapid.Bool().Draw(r, "phone"), EmailUpdatesByID: rapid.Bool().Draw(r, "updates"),
				RelationshipStubs: rapid.Bool().Draw(r, "stubs"), MergeKeepsDays: rapid.IntRange(0, 1).Draw(r, "days"),
				StalePerPerson: rapid.Bool().Draw(r, "stale"),
			}))
		sent := 0
		for range rapid.IntRange(1, 40).Draw(r, "operations") {
			b.batch(anyOperation(r))
			sent++
			b.now = b.now.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(r, "seconds")) * time.Second)
			whole(r, b, sent)
		}
		b.Flush()
		whole(r, b, sent)
	})
}

func anyOperation(r *rapid.T) string {
	id := rapid.SampledFrom([]string{"1", "2", "3"})
	who := rapid.OneOf(
		rapid.Custom(func(r *rapid.T) string { return `"id":"` + id.Draw(r, "id") + `"` }),
		rapid.Custom(func(r *rapid.T) string { return `"email":"` + id.Draw(r, "email") + `@example.com"` }),
		rapid.Custom(func(r *rapid.T) string { return `"phone":"+4` + id.Draw(r, "phone") + `"` }),
		rapid.Custom(func(r *rapid.T) string { return `"cio_id":"a300000` + id.Draw(r, "cio_id") + `"` }),
	)
	object := func() string { return `{"object_type_id":"1","object_id":"` + id.Draw(r, "object") + `"}` }
	switch rapid.IntRange(0, 7).Draw(r, "kind") {
	case 0:
		return `{"type":"person","action":"merge","primary":{` + who.Draw(r, "primary") + `},"secondary":{` +
			who.Draw(r, "secondary") + `}}`
	case 1:
		return `{"type":"person","action":"` + rapid.SampledFrom([]string{"delete", "suppress", "unsuppress"}).Draw(r,
			"end") +
			`","identifiers":{` + who.Draw(r, "who") + `}}`
	case 2:
		return `{"type":"person","action":"event","name":"e","id":"` + ulid1[:25] + id.Draw(r, "ulid") +
			`","identifiers":{` + who.Draw(r, "who") + `}}`
	case 3:
		return anonymous(id.Draw(r, "anonymous"), "a")
	case 4:
		return `{"type":"object","action":"` + rapid.SampledFrom([]string{"identify", "delete",
			"add_relationships"}).Draw(r, "what") +
			`","identifiers":` + object() + `,"cio_relationships":[{"identifiers":{` + who.Draw(r, "who") + `}}]}`
	case 5:
		return `{"type":"person","action":"identify","identifiers":{` + who.Draw(r, "who") +
			`},"cio_relationships":[{"identifiers":` + object() + `}]}`
	}
	return `{"type":"person","action":"identify","identifiers":{` + who.Draw(r, "who") + `},"timestamp":` +
		fmt.Sprint(noon.Unix()+int64(rapid.IntRange(-9, 9).Draw(r, "at"))) + `,"attributes":{` + who.Draw(r, "attribute") +
		`,"anonymous_id":"` + id.Draw(r, "claims") + `","a":` + id.Draw(r, "a") + `}}`
}

// whole checks what must hold after any operation.
func whole(r *rapid.T, b *box, sent int) {
	s := b.Stats()
	if s.Accepted+s.Rejected != int64(sent) || s.Items != int64(sent) {
		r.Fatalf("%d sent: %+v", sent, s)
	}
	events := s.Actions["person.event"]
	if ignored := s.IgnoredSuppressed + s.IgnoredUnknown; s.EventsStored+s.Deduped > events ||
		s.EventsStored+s.Deduped+ignored+s.Waiting < events {
		r.Fatalf("%d events sent: %+v", events, s)
	}
	w := b.store.workspace
	if int64(len(w.everybody())) != s.People || int64(len(w.everything())) != s.Objects {
		r.Fatalf("%d people, %d objects: %+v", len(w.everybody()), len(w.everything()), s)
	}
	for who, p := range w.people {
		if p.gone || who.Key != "cio_id" && (trackapi.Identifier{Key: who.Key, Value: p.names[who.Key]}).Folded() != who ||
			who.Key == "cio_id" && p.cioID != who.Value {
			r.Fatalf("%v leads to %+v", who, p)
		}
	}
	for _, p := range w.everybody() {
		for key, value := range p.names {
			if w.find(trackapi.Identifier{Key: key, Value: value}) != p {
				r.Fatalf("%s %s of %+v leads elsewhere", key, value, p)
			}
		}
		for o := range p.relations {
			if w.objects[o.ref] != o {
				r.Fatalf("%+v is tied to %+v, which is gone", p, o)
			}
		}
	}
	for e := range w.events.all() {
		if p := w.holder(e); p != nil && (p.gone || w.people[trackapi.Identifier{Key: "cio_id", Value: p.cioID}] != p) {
			r.Fatalf("%+v is with %+v, who is gone", e, p)
		}
	}
}
