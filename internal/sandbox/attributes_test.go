package sandbox

import (
	"testing"
	"time"
)

func identifyAt(id, timestamp, attributes string) string {
	return `{"type":"person","identifiers":{"id":"` + id + `"},"action":"identify","timestamp":` + timestamp +
		`,"attributes":{` + attributes + `}}`
}

func TestS7OldUpdatesAreSkipped(t *testing.T) {
	b := newBox(t)
	b.accepts(identifyAt("u", "2000", `"a":"new","gone":1`), identifyAt("u", "1000", `"a":"old","b":"first"`))
	b.has("u", map[string]string{"a": `"new"`, "gone": "1", "b": `"first"`})
	b.accepts(identifyAt("u", "2000", `"a":"equal"`), identifyAt("u", "1500", `"b":"newer"`))
	b.has("u", map[string]string{"a": `"equal"`, "gone": "1", "b": `"newer"`})
	if s := b.Stats(); s.SkippedUpdate != 1 {
		t.Errorf("%d skipped, want 1", s.SkippedUpdate)
	}
	if got := b.Activities(); len(got) != 1 || got[0].Type != "skipped_update" || got[0].Detail != "a" {
		t.Errorf("activities %+v", got)
	}
	b.accepts(identify("u", `"a":"now"`), identifyAt("u", b.ago(time.Second), `"a":"late"`))
	b.has("u", map[string]string{"a": `"now"`, "gone": "1", "b": `"newer"`})
	// Replaced by now, such a timestamp makes old data new.
	b.accepts(identifyAt("u", `"2001-01-01"`, `"a":"ancient"`))
	b.has("u", map[string]string{"a": `"ancient"`, "gone": "1", "b": `"newer"`})
}

func TestS7StalePerPerson(t *testing.T) {
	b := newBox(t, switches(Switches{StalePerPerson: true}))
	b.accepts(identifyAt("u", "2000", `"a":"new"`), identifyAt("u", "1000", `"b":"old","email":"u@example.com"`))
	b.has("u", map[string]string{"a": `"new"`})
	if b.person("id", "u").Email != "" || b.Stats().SkippedUpdate != 1 {
		t.Errorf("%+v, want all of the old one skipped", b.person("id", "u"))
	}
	b.accepts(identifyAt("u", "2000", `"b":"equal"`))
	b.has("u", map[string]string{"a": `"new"`, "b": `"equal"`})
}

func TestS7OldConsentIsSkippedToo(t *testing.T) {
	b := newBox(t)
	b.accepts(identifyAt("u", "2000", `"unsubscribed":false`), identifyAt("u", "1000", `"unsubscribed":true`))
	if b.person("id", "u").Unsubscribed {
		t.Error("an older identify unsubscribed")
	}
}

func TestS15Consent(t *testing.T) {
	for v, want := range map[string]bool{"true": true, `"TRUE"`: true, `"True"`: true, "1": true, `"1"`: true,
		"false": false, `"no"`: false, "0": false, `"yes"`: false, "2": false, "{}": false, "null": false} {
		b := newBox(t)
		b.accepts(identify("u", `"unsubscribed":`+v))
		if p := b.person("id", "u"); p.Unsubscribed != want {
			t.Errorf("%s: unsubscribed is %v", v, p.Unsubscribed)
		}
		b.accepts(identify("u", `"unsubscribed":"true"`), identify("u", `"unsubscribed":"false"`))
		if p := b.person("id", "u"); p.Unsubscribed {
			t.Errorf("%s: did not subscribe again", v)
		}
		if s := b.Stats(); s.ConsentChanges != 3 || s.ReservedKeys["unsubscribed"] != 3 {
			t.Errorf("%s: %+v, want 3 changes", v, s)
		}
	}
	b := newBox(t)
	b.accepts(identify("u", `"cio_subscription_preferences":{"topics":{"topic_1":true}}`),
		identify("u", `"cio_subscription_preferences.topics.topic_3":true,"Unsubscribed":true`),
		identify("u", `"plan":"pro"`))
	if s := b.Stats(); s.ConsentChanges != 2 || s.ReservedKeys["cio_subscription_preferences"] != 2 ||
		len(s.ReservedKeys) != 1 {
		t.Errorf("%+v, want 2 changes", s)
	}
	b.accepts(eventOf("u", "e", `,"attributes":{"unsubscribed":true}`))
	if b.person("id", "u").Unsubscribed || b.Stats().ConsentChanges != 2 {
		t.Error("an event's data unsubscribed")
	}
}

func TestS15CampaignOverrides(t *testing.T) {
	b := newBox(t)
	for _, key := range []string{"recipient", "from_address", "reply_to", `reply\u005fto`} {
		b.accepts(eventOf("u", "e", `,"attributes":{"plain":1,"`+key+`":"x@example.com"}`))
	}
	b.accepts(eventOf("u", "e", `,"attributes":{"Recipient":1,"nested":{"recipient":1}}`), identify("u", `"recipient":"x"`))
	if s := b.Stats(); s.CampaignOverrides != 4 || s.ReservedKeys["reply_to"] != 2 || s.ReservedKeys["recipient"] != 1 {
		t.Errorf("%+v, want 4 overrides", s)
	}
	b.accepts(identify("u", `"created_at":1500000000`), identify("u", `"created_at":"2020-01-01"`),
		identify("u", `"created_at":1500000000000`))
	if s := b.Stats(); s.BadCreatedAt != 2 || s.ReservedKeys["created_at"] != 3 {
		t.Errorf("%+v, want 2 of 3 created_at unusable", s)
	}
}

func TestS16NullRemoves(t *testing.T) {
	b, keep := newBox(t), newBox(t, switches(Switches{KeepNull: true}))
	for _, box := range []*box{b, keep} {
		box.accepts(identify("u", `"a":1,"b":2,"c":3`), identify("u", `"a":null,"b":""`))
	}
	b.has("u", map[string]string{"c": "3"})
	keep.has("u", map[string]string{"a": "null", "b": `""`, "c": "3"})

	b.accepts(ofObject("identify", acme+`,"attributes":{"a":1,"b":2,"c":3}`),
		ofObject("identify", acme+`,"attributes":{"a":null,"b":""}`))
	if got := b.Objects()[0].Attributes; len(got) != 1 || string(got["c"]) != "3" {
		t.Errorf("object %v, want c alone", got)
	}
	relation := func(attributes string) string {
		return ofObject("add_relationships",
			acme+`,"cio_relationships":[{"identifiers":{"id":"u"},"relationship_attributes":{`+attributes+`}}]`)
	}
	b.accepts(relation(`"a":1,"b":2,"c":3`), relation(`"a":null,"b":""`))
	if got := b.person("id", "u").Relations; len(got) != 1 || len(got[0].Attributes) != 1 {
		t.Errorf("relationships %+v, want c alone", got)
	}
	b.accepts(ofObject("delete_relationships", acme+`,"cio_relationships":[{"identifiers":{"id":"u"}}]`))
	if got := b.person("id", "u").Relations; len(got) != 0 {
		t.Errorf("relationships %+v, want none", got)
	}
}
