package trackapi

import (
	"cmp"
	"strings"
	"time"
)

// Operation is one element of a batch, read. What it holds of the request's body is borrowed until it is
// applied.
type Operation struct {
	Type   string // person, object, delivery
	Action string

	Who                Identifier // of a person's action, except merge
	Primary, Secondary Identifier // of a merge
	Object             ObjectRef  // of an object's action

	Name          string // trimmed
	ID            string // the event's own, as sent
	HasID         bool
	IsULID        bool
	Timestamp     Timestamp
	Attributes    []Attribute // of an identify, in order
	Data          Value       // attributes of an event: one object; nil when there are none
	Overrides     []string    // of campaigns, among the data's keys
	Relationships []Relationship
	AnonymousID   string // of identify_anonymous in its short form
	Device        string // token
	Platform      string
	Received      time.Time // when the request arrived, see Arrive
	UpdateOnly    bool      // attributes._update
	ReservedKeys  []string  // among the attributes' keys
}

// ObjectRef names an object, by its type and ID or by its cio_object_id.
type ObjectRef struct{ TypeID, ID, CioID string }

// Relationship ties a person to an object; one of the two is the operation's own.
type Relationship struct {
	Who        Identifier
	Object     ObjectRef
	Attributes []Attribute
}

// Attribute is one member of an object of attributes.
type Attribute struct {
	Name  string
	Value Value
}

// Arrive sets when the request arrived. An operation that is accepted needs it.
func (o *Operation) Arrive(at time.Time) { o.Received = at }

// Named reports whether text, not empty, is the operation's name, its id or the value of an identifier.
func (o *Operation) Named(text string) bool {
	switch text {
	case o.Name, o.ID, o.Who.Value, o.Primary.Value, o.Secondary.Value, o.Object.ID, o.Object.CioID:
		return true
	}
	return false
}

// Has reports whether the operation has an attribute.
func (o *Operation) Has(name string) bool {
	for _, a := range o.Attributes {
		if a.Name == name {
			return true
		}
	}
	return o.Data != nil && o.Data.member(name) != nil
}

// IsEvent reports whether the operation is something that a person did.
func (o *Operation) IsEvent() bool {
	return o.Type == "person" && (o.Action == "event" || o.Action == "page" || o.Action == "screen")
}

// Subject is who or what the operation is about, for an activity.
func (o *Operation) Subject() string {
	switch {
	case o.Type == "object":
		return "object " + cmp.Or(o.Object.CioID, o.Object.TypeID+"/"+o.Object.ID)
	case o.Action == "merge":
		return o.Primary.String() + ", " + o.Secondary.String()
	}
	return o.Who.String()
}

// EventKey is an event's ID as it compares: a ULID has no case.
func (o *Operation) EventKey() string {
	if o.IsULID {
		return strings.ToUpper(o.ID)
	}
	return o.ID
}

// AttributeIdentifiers returns the good identifiers among the attributes of an identify.
func (o *Operation) AttributeIdentifiers(r *Rules) (all []Identifier) {
	for _, a := range o.Attributes {
		if key := a.Name; (key == "id" || key == "email" || key == "phone") && r.Identifies(key) {
			if text, ok := a.Value.Scalar(); ok && r.BadIdentifier(key, text) == "" {
				all = append(all, Identifier{Key: key, Value: text})
			}
		}
	}
	return all
}
