package sandbox

import (
	"testing"
)

func TestS5IdentifyCreates(t *testing.T) {
	b := newBox(t, switches(Switches{Phone: true}))
	b.accepts(identify("u", `"a":1`), identify("u", `"a":2,"b":12345678901234567890123`),
		of("identify", `,"identifiers":{"email":"e@example.com"}`), of("identify",
			`,"identifiers":{"phone":"+14155552671"}`))
	if s := b.Stats(); s.People != 3 || s.PeopleCreated != 3 || s.ObjectsCreated != 0 {
		t.Errorf("%+v, want 3 people", s)
	}
	b.has("u", map[string]string{"a": "2", "b": "12345678901234567890123"})
	b.accepts(identify("nobody", `"_update":true,"a":1`), identify("u", `"_update":true,"a":3`),
		identify("w", `"_update":false`))
	b.has("u", map[string]string{"a": "3", "b": "12345678901234567890123"})
	b.has("w", map[string]string{})
	if s := b.Stats(); s.People != 4 || s.UpdateMisses != 1 {
		t.Errorf("%d people, %d misses, want 4 and 1", s.People, s.UpdateMisses)
	}
	b.accepts(of("identify", `,"identifiers":{"cio_id":"ffff"}`), of("event", `,"identifiers":{"cio_id":"ffff"}`))
	if s := b.Stats(); s.People != 4 || s.IgnoredUnknown != 2 || s.EventsStored != 0 {
		t.Errorf("%+v, want an unknown cio_id to do nothing", s)
	}
	b.accepts(of("identify", `,"identifiers":{"cio_id":"`+b.person("id", "w").CioID+`"},"attributes":{"found":true}`))
	b.has("w", map[string]string{"found": "true"})
}

func TestS5ObjectsCountApart(t *testing.T) {
	b := newBox(t)
	b.accepts(ofObject("identify", acme+`,"attributes":{"plan":"pro"}`),
		ofObject("identify", acme+`,"attributes":{"seats":50}`))
	objects := b.Objects()
	if len(objects) != 1 || string(objects[0].Attributes["plan"]) != `"pro"` ||
		string(objects[0].Attributes["seats"]) != "50" {
		t.Fatalf("objects %+v, want one with both attributes", objects)
	}
	if s := b.Stats(); s.ObjectsCreated != 1 || s.Objects != 1 || s.PeopleCreated != 0 {
		t.Errorf("%+v, want one object", s)
	}
	cioID := `,"identifiers":{"cio_object_id":"` + objects[0].CioObjectID + `"}`
	b.accepts(ofObject("identify", cioID+`,"attributes":{"plan":"free"}`))
	if got := b.Objects()[0].Attributes["plan"]; string(got) != `"free"` {
		t.Errorf("plan %s, want the update by cio_object_id", got)
	}
	b.accepts(ofObject("identify", `,"identifiers":{"cio_object_id":"obffff"}`)) // updates only
	b.accepts(ofObject("delete", cioID))
	if s := b.Stats(); s.Objects != 0 || s.ObjectsCreated != 1 || s.IgnoredUnknown != 1 {
		t.Errorf("%+v, want no object left and none made", s)
	}
	b.accepts(ofObject("identify", acme))
	if got := b.Objects(); len(got) != 1 || len(got[0].Attributes) != 0 || b.Stats().ObjectsCreated != 2 {
		t.Errorf("objects %+v, want a new one under the old ID", got)
	}
}

func identifyEmail(email, attributes string) string {
	return `{"type":"person","identifiers":{"email":"` + email + `"},"action":"identify","attributes":{` + attributes + `}}`
}

func TestS8TwoPeopleInOneIdentify(t *testing.T) {
	const mail = "e@example.com"
	b := newBox(t)
	b.accepts(identifyEmail(mail, `"from":"email","x":1`), identify("u", `"from":"id","y":2`),
		identify("u", `"email":"`+mail+`"`))
	p := b.person("id", "u")
	if p.CioID != "a3000001" || p.Email != mail || len(b.People()) != 1 {
		t.Errorf("%+v, want the older profile with both identifiers", b.People())
	}
	b.has("u", map[string]string{"from": `"email"`, "x": "1", "y": "2"})
	if got := b.Activities(); len(got) != 1 || got[0].Type != "profile_merge" || got[0].Who != "cio_id a3000001" {
		t.Errorf("activities %+v", got)
	}
	if s := b.Stats(); s.AutoMerges != 1 || s.Merges != 1 || s.FailedAttributeChange != 0 || s.PeopleCreated != 2 {
		t.Errorf("%+v, want one automatic merge", s)
	}

	b = newBox(t)
	b.accepts(identify("u", `"from":"id"`), identifyEmail(mail, `"from":"email"`), identifyEmail(mail, `"id":"u","z":3`))
	b.has("u", map[string]string{"from": `"id"`, "z": "3"})
	if p := b.person("email", mail); p.ID != "u" || p.CioID != "a3000001" {
		t.Errorf("%+v, want the older one by id", p)
	}
}

func TestS8ConflictIsNotApplied(t *testing.T) {
	const mail = "e@example.com"
	for name, c := range map[string]struct {
		before []string
		off    bool
	}{
		"the email's person has an id": {[]string{identify("other", `"email":"`+mail+`"`), identify("u", "")}, false},
		"the id's person has an email": {[]string{identifyEmail(mail, ""), identify("u", `"email":"own@example.com"`)},
			false},
		"switched off": {[]string{identifyEmail(mail, ""), identify("u", "")}, true},
	} {
		b := newBox(t, switches(Switches{NoAutoMerge: c.off}))
		b.accepts(c.before...)
		b.accepts(identify("u", `"email":"`+mail+`","a":1`))
		if b.person("email", mail).ID == "u" || len(b.People()) != 2 {
			t.Errorf("%s: %+v, want the email to stay", name, b.People())
		}
		b.has("u", map[string]string{"a": "1"}) // the rest applies
		if s := b.Stats(); s.FailedAttributeChange != 1 || s.Merges != 0 {
			t.Errorf("%s: %+v, want one failed attribute change", name, s)
		}
		if got := b.Activities(); len(got) != 1 || got[0].Type != "failed_attribute_change" {
			t.Errorf("%s: activities %+v", name, got)
		}
	}
}

func TestS8NewIDOfAKnownEmail(t *testing.T) {
	b := newBox(t)
	b.accepts(identifyEmail("e@example.com", `"a":1`), identify("u", `"email":"E@example.com","b":2`))
	b.has("u", map[string]string{"a": "1", "b": "2"})
	b.accepts(identify("v", ""), identifyEmail("v@example.com", `"id":"v","c":3`))
	b.has("v", map[string]string{"c": "3"})
	if s := b.Stats(); s.PeopleCreated != 2 || s.Merges != 0 || s.FailedAttributeChange != 0 {
		t.Errorf("%+v, want nobody new", s)
	}
	// Somebody with an id of their own keeps it: the new id is a new person, without the email.
	b.accepts(identify("w", `"email":"e@example.com"`))
	if w := b.person("id", "w"); w.Email != "" || b.person("email", "e@example.com").ID != "u" {
		t.Errorf("%+v, want w without the email", b.People())
	}
}

func TestS9IdentifiersOnceSetStay(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("u", `"email":"first@example.com"`), identify("u", `"email":"second@example.com"`),
		identify("u", `"id":"other"`), identifyEmail("first@example.com", `"id":"third"`), identify("u", `"cio_id":"ffff"`))
	if p := b.person("id", "u"); p.Email != "first@example.com" || len(b.People()) != 1 {
		t.Errorf("%+v, want all as it was", b.People())
	}
	if n := b.Stats().FailedAttributeChange; n != 4 {
		t.Errorf("%d failed attribute changes, want 4", n)
	}
	b.accepts(identify("u", `"id":"u","email":"FIRST@example.com"`), identify("v", `"email":null`))
	if n := b.Stats().FailedAttributeChange; n != 4 {
		t.Errorf("%d failed attribute changes, want none for what is so already", n)
	}
	b.accepts(identify("u", `"email":null`), identify("u", `"id":{}`), identify("u", `"id":"`+x(151)+`"`),
		identify("u", `"_created_in_customerio_at":1`))
	if p := b.person("id", "u"); p.Email != "first@example.com" || len(p.Attributes) != 0 ||
		b.Stats().FailedAttributeChange != 8 {
		t.Errorf("%+v, %d failed: want all as it was", p, b.Stats().FailedAttributeChange)
	}
	cioID := b.person("id", "u").CioID
	b.accepts(`{"type":"person","identifiers":{"cio_id":"` + cioID +
		`"},"action":"identify","attributes":{"id":"new","email":"new@example.com"}}`)
	if p := b.person("id", "new"); p.Email != "new@example.com" || p.CioID != cioID {
		t.Errorf("%+v, want both changed by cio_id", p)
	}
	if _, ok := b.Person("id", "u"); ok {
		t.Error("the old id still finds the person")
	}
	b.accepts(`{"type":"person","identifiers":{"cio_id":"` + cioID + `"},"action":"identify","attributes":{"id":"v"}}`)
	if n := b.Stats().FailedAttributeChange; n != 9 || len(b.People()) != 2 {
		t.Errorf("%d failed: an id of somebody else cannot be taken even so", n)
	}
	free := newBox(t, switches(Switches{EmailUpdatesByID: true}))
	free.accepts(identify("u", `"email":"first@example.com"`), identify("u", `"email":"second@example.com"`))
	if p := free.person("id", "u"); p.Email != "second@example.com" {
		t.Errorf("%+v, want the email changed by id", p)
	}
	free.accepts(identifyEmail("first@example.com", ""))
	if len(free.People()) != 2 {
		t.Error("the old email still finds the person")
	}
}

func TestS10Suppressed(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("u", `"email":"u@example.com"`), eventOf("u", "before", ""),
		of("suppress", `,"identifiers":{"email":"U@example.com"}`))
	if len(b.People()) != 0 {
		t.Fatalf("%+v, want the person deleted", b.People())
	}
	b.accepts(identify("u", `"a":1`), eventOf("u", "after", ""), identifyEmail("u@Example.com", ""),
		identify("other", `"email":"u@example.com"`),
		merge("u", "s"), merge("p", "u"), of("delete", `,"identifiers":{"id":"u"}`))
	if s := b.Stats(); s.People != 0 || s.IgnoredSuppressed != 7 || s.EventsStored != 1 {
		t.Errorf("%+v, want all seven ignored", s)
	}
	if got := b.Activities(); len(got) != 7 || got[0].Type != "ignored_suppressed" || got[4].Who != "id u, id s" {
		t.Errorf("activities %+v", got)
	}
	b.accepts(of("suppress", `,"identifiers":{"id":"stranger"}`), identify("stranger", ""))
	if len(b.People()) != 0 {
		t.Error("an unknown identifier was not blocked")
	}
	b.accepts(of("unsuppress", `,"identifiers":{"id":"u"}`), identifyEmail("u@example.com", `"new":1`))
	if p := b.person("email", "u@example.com"); p.Events != 0 || p.ID != "" {
		t.Errorf("%+v, want a new profile", p)
	}
	b.accepts(of("unsuppress", `,"identifiers":{"id":"never"}`))
}

func TestS14CaseOfIdentifiers(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("u", ""), identify("U", ""), identifyEmail("E@Example.com", ""),
		identifyEmail("e@example.COM", `"a":1`),
		of("event", `,"identifiers":{"email":"e@EXAMPLE.com"}`))
	if s := b.Stats(); s.People != 3 {
		t.Errorf("%+v, want u, U and one by email", b.People())
	}
	if p := b.person("email", "e@example.com"); p.Email != "E@Example.com" || p.Events != 1 || len(p.Attributes) != 1 {
		t.Errorf("%+v, want the email as first given", p)
	}
}

func TestWhatCreatesNobody(t *testing.T) {
	b := newBox(t)
	object := `,"cio_relationships":[{"identifiers":{"object_type_id":"1","object_id":"acme"}}]`
	all := func(id string) []string {
		who := `,"identifiers":{"id":"` + id + `"}`
		return []string{
			of("add_device", who+`,"device":{"token":"t","platform":"ios"}`), of("delete_device", who+`,"device":{"token":"t"}`),
			of("add_relationships", who+object), of("delete_relationships", who+object), of("delete", who),
		}
	}
	b.accepts(all("nobody")...)
	if s := b.Stats(); s.People != 0 || s.IgnoredUnknown != 5 || len(b.Activities()) != 5 || b.Activities()[0].Who != "id nobody" {
		t.Errorf("%+v, want all five to do nothing", s)
	}
	b.accepts(ofObject("identify", acme), identify("u", ""))
	b.accepts(all("u")...)
	if s := b.Stats(); s.People != 0 || s.PeopleCreated != 1 || s.IgnoredUnknown != 5 || s.IgnoredRelationships != 0 {
		t.Errorf("%+v, want all five to find u", s)
	}
}

func TestRelationshipsOfStrangers(t *testing.T) {
	person := `{"type":"person","identifiers":{"id":"u"},"action":"identify",` +
		`"cio_relationships":[{"identifiers":{"object_type_id":"1","object_id":"acme"}}]}`
	object := ofObject("identify", `,"identifiers":{"object_type_id":"1","object_id":"two"},`+
		`"cio_relationships":[{"identifiers":{"id":"v"}}]`)
	b := newBox(t)
	b.accepts(person, object)
	if s := b.Stats(); s.IgnoredRelationships != 2 || s.People != 1 || s.Objects != 1 {
		t.Errorf("%+v, want neither relationship", s)
	}
	if got := b.Activities(); len(got) != 2 || got[0].Who != "id u" || got[1].Who != "object 1/two" {
		t.Errorf("activities %+v", got)
	}
	stubs := newBox(t, switches(Switches{RelationshipStubs: true}))
	stubs.accepts(person, object)
	if s := stubs.Stats(); s.IgnoredRelationships != 0 || s.PeopleCreated != 2 || s.ObjectsCreated != 2 {
		t.Errorf("%+v, want both made", s)
	}
}
