package sandbox

import (
	"strings"
	"testing"
	"time"
)

func anonymous(id, name string) string {
	return `{"type":"person","identifiers":{"anonymous_id":"` + id + `"},"action":"event","name":"` + name + `"}`
}

func TestS13AnonymousEventsJoin(t *testing.T) {
	b := newBox(t)
	at := func(since time.Duration, operations ...string) {
		t.Helper()
		b.now = noon.Add(since)
		b.accepts(operations...)
	}
	at(0, anonymous("a", "too_early"))
	at(time.Second, anonymous("a", "early"), anonymous("b", "other"))
	claimed := 30*24*time.Hour + time.Second
	at(claimed, identify("u", `"anonymous_id":"a"`))
	at(claimed+5*time.Minute, anonymous("a", "soon"))
	at(claimed+5*time.Minute+time.Second, anonymous("a", "late"))
	for _, e := range b.Events() {
		want := map[string]string{"early": "u", "soon": "u"}[e.Name]
		if e.PersonID != want {
			t.Errorf("%s is with %q, want %q", e.Name, e.PersonID, want)
		}
		// The young one could start a campaign once it has a person, the old one is too old by then.
		if e.CouldTriggerCampaign != (e.Name == "soon") {
			t.Errorf("%s could start a campaign: %v", e.Name, e.CouldTriggerCampaign)
		}
	}
	b.has("u", map[string]string{"anonymous_id": `"a"`})
	if s := b.Stats(); s.AnonymousEvents != 5 || s.AnonymousLinked != 2 || s.PeopleCreated != 1 ||
		s.FailedAttributeChange != 0 {
		t.Errorf("%+v, want 2 of 5 linked", s)
	}
	at(claimed+time.Hour, identify("u", `"anonymous_id":"a"`), identify("v", `"anonymous_id":"a"`))
	b.has("v", map[string]string{})
	if s := b.Stats(); s.FailedAttributeChange != 1 || s.AnonymousLinked != 2 {
		t.Errorf("%+v, want the second person refused and nothing linked anew", s)
	}
	at(claimed+time.Hour, identify("u", `"anonymous_id":"b"`))
	if n := b.Stats().AnonymousLinked; n != 2 { // received too long ago
		t.Errorf("%d linked, want still 2", n)
	}
}

func TestS13ReceiptCountsNotTimestamp(t *testing.T) {
	b := newBox(t)
	b.accepts(strings.Replace(anonymous("a", "e"), `"name"`, `"timestamp":1500000000,"name"`, 1),
		identify("u", `"anonymous_id":"a"`))
	if e := b.onlyEvent(); e.PersonID != "u" || e.Timestamp != 1_500_000_000 {
		t.Errorf("%+v, want it with u", e)
	}
	off := newBox(t, switches(Switches{NoAnonymousMerge: true}))
	off.accepts(anonymous("a", "e"), identify("u", `"anonymous_id":"a"`), anonymous("a", "f"))
	if s := off.Stats(); s.AnonymousLinked != 0 {
		t.Errorf("%d linked, want none", s.AnonymousLinked)
	}
}

func TestS13ClaimSurvivesAMerge(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("s", `"anonymous_id":"a"`), identify("p", ""), merge("p", "s"), anonymous("a", "e"),
		identify("p", `"anonymous_id":"a"`))
	if e := b.onlyEvent(); e.PersonID != "p" || b.Stats().FailedAttributeChange != 0 {
		t.Errorf("%+v, want it with p", e)
	}
	b.accepts(of("delete", `,"identifiers":{"id":"p"}`), anonymous("a", "after"))
	for _, e := range b.Events() {
		if e.Person != "" {
			t.Errorf("%+v is with somebody who is deleted", e)
		}
	}
}

func TestS13AnonymousRelationships(t *testing.T) {
	b := newBox(t)
	b.accepts(ofObject("identify_anonymous",
		acme+`,"cio_relationships":[{"identifiers":{"anonymous_id":"a"},"relationship_attributes":{"role":"x"}}]`))
	b.accepts(ofObject("identify_anonymous", `,"identifiers":{"object_type_id":"1","object_id":"two"},"anonymous_id":"b"`))
	b.accepts(identify("u", `"anonymous_id":"a"`), identify("v", ""))
	p := b.person("id", "u")
	if len(p.Relations) != 1 || p.Relations[0].ObjectID != "acme" || string(p.Relations[0].Attributes["role"]) != `"x"` {
		t.Errorf("%+v, want the relationship to carry over", p.Relations)
	}
	b.accepts(ofObject("identify_anonymous",
		`,"identifiers":{"object_type_id":"1","object_id":"three"},"anonymous_id":"a"`))
	if n := len(b.person("id", "u").Relations); n != 2 {
		t.Errorf("%d relationships, want one more at once", n)
	}
}
