package sandbox

import (
	"cmp"
	"strings"
	"time"
)

// operation is one element of a batch, read. What it holds of the request's body is borrowed until it is applied.
type operation struct {
	kind   string // person, object, delivery
	action string

	who                identifier // of a person's action, except merge
	primary, secondary identifier // of a merge
	object             objectRef  // of an object's action

	name         string // trimmed
	id           string // the event's own, as sent
	hasID        bool
	isULID       bool
	timestamp    stamp
	attributes   []attribute // of an identify, in order
	data         value       // attributes of an event: one object; nil when there are none
	overrides    []string    // of campaigns, among the data's keys
	relations    []relation
	anonymousID  string // of identify_anonymous in its short form
	device       string // token
	platform     string
	received     time.Time
	updateOnly   bool     // attributes._update
	reservedKeys []string // among the attributes' keys
}

// objectRef names an object, by its type and ID or by its cio_object_id.
type objectRef struct{ typeID, id, cioID string }

// relation ties a person to an object; one of the two is the operation's own.
type relation struct {
	who        identifier
	object     objectRef
	attributes []attribute
}

// attribute is one member of an object of attributes.
type attribute struct {
	name  string
	value value
}

// named reports whether text, not empty, is the operation's name, its id or the value of an identifier.
func (o *operation) named(text string) bool {
	switch text {
	case o.name, o.id, o.who.value, o.primary.value, o.secondary.value, o.object.id, o.object.cioID:
		return true
	}
	return false
}

// has reports whether the operation has an attribute.
func (o *operation) has(name string) bool {
	for _, a := range o.attributes {
		if a.name == name {
			return true
		}
	}
	return o.data != nil && o.data.member(name) != nil
}

// tracked reports whether the operation is something that a person did.
func (o *operation) tracked() bool {
	return o.kind == "person" && (o.action == "event" || o.action == "page" || o.action == "screen")
}

// subject is who or what the operation is about, for an activity.
func (o *operation) subject() string {
	switch {
	case o.kind == "object":
		return "object " + cmp.Or(o.object.cioID, o.object.typeID+"/"+o.object.id)
	case o.action == "merge":
		return o.primary.String() + ", " + o.secondary.String()
	}
	return o.who.String()
}

// idKey is an event's ID as it compares: a ULID has no case.
func (o *operation) idKey() string {
	if o.isULID {
		return strings.ToUpper(o.id)
	}
	return o.id
}

// attributeIdentifiers returns the good identifiers among the attributes of an identify.
func (o *operation) attributeIdentifiers(r *rules) (all []identifier) {
	for _, a := range o.attributes {
		if key := a.name; (key == "id" || key == "email" || key == "phone") && r.identifies(key) {
			if text, ok := a.value.scalar(); ok && r.badIdentifier(key, text) == "" {
				all = append(all, identifier{key: key, value: text})
			}
		}
	}
	return all
}
