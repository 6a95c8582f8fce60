package workspace

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ph2cio/internal/sandbox/trackapi"
)

// began is when these tests begin.
var began = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// used is a workspace that operations come to in their JSON, with a clock of its own.
type used struct {
	*Workspace
	rules *trackapi.Rules
	now   time.Time
}

func newUsed(l trackapi.Limits, s trackapi.Switches) *used {
	rules := &trackapi.Rules{Limits: l.OrDefault(), Switches: s.OrDefault()}
	return &used{New(rules), rules, began}
}

// send rejects or accepts an operation, which applies after a delay.
func (u *used) send(operation string, delay time.Duration) {
	one := &trackapi.CheckAll(u.rules, []trackapi.Value{trackapi.TrimSpace([]byte(operation))})[0]
	u.ApplyUntil(u.now)
	if len(one.Rejections) > 0 || len(u.Refuses(&one.Operation)) > 0 {
		u.Reject()
		return
	}
	one.Operation.Received = u.now
	if delay > 0 {
		u.AcceptLater(&one.Operation, u.now, u.now.Add(delay))
	} else {
		u.Accept(&one.Operation, u.now)
	}
}

// TestAnyHistoryKeepsTheWorkspaceWhole sends random operations over few identifiers, so that they collide,
// and checks that the workspace never contradicts itself.
func TestAnyHistoryKeepsTheWorkspaceWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		delay := rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(r, "delay")
		w := newUsed(trackapi.Limits{}, trackapi.Switches{
			Phone: rapid.Bool().Draw(r, "phone"), EmailUpdatesByID: rapid.Bool().Draw(r, "updates"),
			RelationshipStubs: rapid.Bool().Draw(r, "stubs"), MergeKeepsDays: rapid.IntRange(0, 1).Draw(r, "days"),
			StalePerPerson: rapid.Bool().Draw(r, "stale"),
		})
		sent := 0
		for range rapid.IntRange(1, 40).Draw(r, "operations") {
			w.send(anyOperation(r), time.Duration(rapid.Int64Range(int64(delay/2), int64(delay)).Draw(r, "wait")))
			sent++
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(r, "seconds")) * time.Second)
			whole(r, w, sent)
		}
		w.Flush(w.now)
		whole(r, w, sent)
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
		return `{"type":"person","action":"event","name":"e","id":"` + "01KJW22XWRS7HDE5A5DNV5MHH" + id.Draw(r, "ulid") +
			`","identifiers":{` + who.Draw(r, "who") + `}}`
	case 3:
		return `{"type":"person","identifiers":{"anonymous_id":"` + id.Draw(r, "anonymous") + `"},"action":"event","name":"a"}`
	case 4:
		return `{"type":"object","action":"` + rapid.SampledFrom([]string{"identify", "delete",
			"add_relationships"}).Draw(r, "what") +
			`","identifiers":` + object() + `,"cio_relationships":[{"identifiers":{` + who.Draw(r, "who") + `}}]}`
	case 5:
		return `{"type":"person","action":"identify","identifiers":{` + who.Draw(r, "who") +
			`},"cio_relationships":[{"identifiers":` + object() + `}]}`
	}
	return `{"type":"person","action":"identify","identifiers":{` + who.Draw(r, "who") + `},"timestamp":` +
		fmt.Sprint(began.Unix()+int64(rapid.IntRange(-9, 9).Draw(r, "at"))) + `,"attributes":{` + who.Draw(r, "attribute") +
		`,"anonymous_id":"` + id.Draw(r, "claims") + `","a":` + id.Draw(r, "a") + `}}`
}

// whole checks what must hold after any operation.
func whole(r *rapid.T, w *used, sent int) {
	w.ApplyUntil(w.now)
	s := w.Counts()
	if s.Accepted+s.Rejected != int64(sent) || s.Items != int64(sent) {
		r.Fatalf("%d sent: %+v", sent, s)
	}
	events := s.Actions["person.event"]
	if ignored := s.IgnoredSuppressed + s.IgnoredUnknown; s.EventsStored+s.Deduped > events ||
		s.EventsStored+s.Deduped+ignored+s.Waiting < events {
		r.Fatalf("%d events sent: %+v", events, s)
	}
	if int64(len(w.state.everybody())) != s.People || int64(len(w.state.everything())) != s.Objects {
		r.Fatalf("%d people, %d objects: %+v", len(w.state.everybody()), len(w.state.everything()), s)
	}
	for who, p := range w.state.people {
		if p.gone || who.Key != "cio_id" && (trackapi.Identifier{Key: who.Key, Value: p.names[who.Key]}).Folded() != who ||
			who.Key == "cio_id" && p.cioID != who.Value {
			r.Fatalf("%v leads to %+v", who, p)
		}
	}
	for _, p := range w.state.everybody() {
		for key, value := range p.names {
			if w.state.find(trackapi.Identifier{Key: key, Value: value}) != p {
				r.Fatalf("%s %s of %+v leads elsewhere", key, value, p)
			}
		}
		for o := range p.relations {
			if w.state.objects[o.ref] != o {
				r.Fatalf("%+v is tied to %+v, which is gone", p, o)
			}
		}
	}
	for e := range w.state.events.All() {
		if p := w.state.holder(e); p != nil && (p.gone || w.state.people[trackapi.Identifier{Key: "cio_id", Value: p.cioID}] != p) {
			r.Fatalf("%+v is with %+v, who is gone", e, p)
		}
	}
}
