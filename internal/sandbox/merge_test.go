package sandbox

import (
	"testing"
	"time"
)

func TestS11MergeWithAMissingSide(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("s", `"a":1`), merge("p", "s"))
	b.accepts(identify("q", ""), merge("q", "nobody"))
	b.accepts(identify("r", `"email":"r@example.com"`),
		`{"type":"person","action":"merge","primary":{"id":"r"},"secondary":{"email":"r@example.com"}}`)
	b.has("s", map[string]string{"a": "1"})
	b.person("id", "q")
	b.person("id", "r")
	if s := b.Stats(); s.MergesWithoutPrimary != 1 || s.MergesWithoutSecondary != 1 || s.MergesWithThemselves != 1 ||
		s.Merges != 0 ||
		s.People != 3 {
		t.Errorf("%+v, want none merged", s)
	}
	if got := b.Activities(); len(got) != 3 || got[0].Type != "merge_ignored" {
		t.Errorf("activities %+v", got)
	}
	strict := newBox(t, switches(Switches{RefuseMissingSecondary: true}))
	strict.accepts(identify("p", ""), identify("s", ""))
	strict.refuses(merge("p", "nobody"), "secondary", "invalid")
	strict.accepts(merge("p", "s"))
}

func TestS12Merge(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("p", `"both":"primary","removed":"x"`), ofObject("identify", acme),
		ofObject("identify", `,"identifiers":{"object_type_id":"1","object_id":"two"}`))
	b.accepts(identify("p", `"removed":""`),
		identify("s", `"both":"secondary","theirs":7,"removed":"back","email":"s@example.com"`))
	related := func(id, object, role string) string {
		return `{"type":"person","identifiers":{"id":"` + id +
			`"},"action":"add_relationships","cio_relationships":[{"identifiers":{"object_type_id":"1","object_id":"` +
			object + `"},"relationship_attributes":{"role":"` + role + `"}}]}`
	}
	b.accepts(related("p", "acme", "admin"), related("s", "acme", "user"), related("s", "two", "user"))
	b.accepts(eventOf("s", "one", `,"timestamp":1500000000,"id":"`+ulid1+`"`), eventOf("p", "two", ""),
		eventOf("s", "three", ""))
	before := b.Stats().CouldTriggerCampaign
	b.accepts(merge("p", "s"))

	b.has("p", map[string]string{"both": `"primary"`, "theirs": "7", "removed": `"back"`})
	p := b.person("id", "p")
	if p.Email != "s@example.com" || p.Events != 3 || len(b.People()) != 1 {
		t.Errorf("%+v, want all of the secondary's", p)
	}
	if len(p.Relations) != 2 || string(p.Relations[0].Attributes["role"]) != `"admin"` || p.Relations[1].ObjectID != "two" {
		t.Errorf("relationships %+v, want its own and the one it lacked", p.Relations)
	}
	for _, e := range b.Events() {
		if e.PersonID != "p" || e.Person != p.CioID {
			t.Errorf("%+v, want it with p", e)
		}
	}
	if s := b.Stats(); s.Merges != 1 || s.CouldTriggerCampaign != before || s.People != 1 || s.PeopleCreated != 2 {
		t.Errorf("%+v, want one merge that starts nothing", s)
	}

	b.accepts(eventOf("s", "late", ""))
	if late := b.person("id", "s"); late.Events != 1 || late.CioID == p.CioID || b.Stats().PeopleCreated != 3 {
		t.Errorf("%+v, want a new profile under the old id", late)
	}
	b.accepts(merge("p", "s"), identify("q", ""), merge("q", "p"))
	if q := b.person("id", "q"); q.Events != 4 || len(b.People()) != 1 {
		t.Errorf("%+v, want all events after three merges", q)
	}
}

func TestS12MergeTakesDevicesAlong(t *testing.T) {
	device := func(id, token, platform string) string {
		return of("add_device", `,"identifiers":{"id":"`+id+`"},"device":{"token":"`+token+`","platform":"`+platform+`"}`)
	}
	b := newBox(t)
	b.accepts(identify("p", ""), identify("s", ""), device("p", "both", "ios"), device("s", "both", "android"),
		device("s", "theirs", "android"), merge("p", "s"))
	if got := b.person("id", "p").Devices; len(got) != 2 || got["both"] != "ios" || got["theirs"] != "android" {
		t.Errorf("devices %v, want its own and the one it lacked", got)
	}
}

func TestS12MergeTakesConsentAlong(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("p", ""), identify("s", `"unsubscribed":true`), merge("p", "s"))
	b.accepts(identify("q", `"unsubscribed":false`), identify("r", `"unsubscribed":true`), merge("q", "r"))
	if p, q := b.person("id", "p"), b.person("id", "q"); !p.Unsubscribed || q.Unsubscribed {
		t.Errorf("%+v\n%+v\nwant p to have unsubscribed as s had, q to keep its own", p, q)
	}
}

func TestS12MergeMayLoseOldEvents(t *testing.T) {
	b := newBox(t, switches(Switches{MergeKeepsDays: 30}))
	b.accepts(identify("p", ""), eventOf("p", "own", `,"timestamp":1500000000`),
		eventOf("s", "old", `,"timestamp":`+b.ago(30*24*time.Hour+time.Second)), eventOf("s", "edge",
			`,"timestamp":`+b.ago(30*24*time.Hour)))
	b.accepts(merge("p", "s"))
	for _, e := range b.Events() {
		if want := e.Name != "old"; (e.PersonID == "p") != want {
			t.Errorf("%s is with %q", e.Name, e.PersonID)
		}
	}
	if n := b.person("id", "p").Events; n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}
