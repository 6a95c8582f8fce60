package workspace

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// Person is a profile as the workspace holds it.
type Person struct {
	CioID        string                     `json:"cio_id"`
	ID           string                     `json:"id,omitempty"`
	Email        string                     `json:"email,omitempty"`
	Phone        string                     `json:"phone,omitempty"`
	Attributes   map[string]json.RawMessage `json:"attributes"` // as they were sent, without the identifiers
	Unsubscribed bool                       `json:"unsubscribed"`
	Events       int                        `json:"events"` // kept, with those of merged people
	Relations    []Relation                 `json:"relationships,omitempty"`
	Devices      map[string]string          `json:"devices,omitempty"` // platform by token
	Created      time.Time                  `json:"created"`
}

// Named reports whether the profile has an identifier: key is id, email, phone or cio_id.
func (p Person) Named(key, value string) bool {
	has := map[string]string{"id": p.ID, "email": p.Email, "phone": p.Phone, "cio_id": p.CioID}[key]
	return has != "" && trackapi.Identifier{Key: key, Value: has}.Folded() == trackapi.Identifier{Key: key, Value: value}.Folded()
}

// Relation is a person's tie to an object.
type Relation struct {
	TypeID     string                     `json:"object_type_id"`
	ObjectID   string                     `json:"object_id"`
	Attributes map[string]json.RawMessage `json:"attributes"`
}

// Object is something that is not a person.
type Object struct {
	CioObjectID string                     `json:"cio_object_id"`
	TypeID      string                     `json:"object_type_id"`
	ObjectID    string                     `json:"object_id"`
	Attributes  map[string]json.RawMessage `json:"attributes"`
}

// Event is an event, page or screen as the workspace holds it.
type Event struct {
	SentAs   map[string]string `json:"sent_as"`          // the identifier it came with
	Person   string            `json:"person,omitempty"` // cio_id of who has it after merges, or empty
	PersonID string            `json:"person_id,omitempty"`
	Action   string            `json:"action"`
	Name     string            `json:"name"`
	ID       string            `json:"id,omitempty"`

	Timestamp  int64           `json:"timestamp"` // unix seconds, as stored
	Received   time.Time       `json:"received"`
	Attributes json.RawMessage `json:"attributes,omitempty"` // as they were sent

	NonULID              bool `json:"non_ulid,omitempty"`
	CouldTriggerCampaign bool `json:"could_trigger_campaign,omitempty"`
}

// viewPeople shows the profiles in order of their creation.
func viewPeople(s *state) []Person {
	people, events := []Person{}, map[*person]int{}
	for e := range s.events.All() {
		events[s.holder(e)]++
	}
	for _, p := range s.everybody() {
		people = append(people, viewPerson(p, events[p]))
	}
	return people
}

// viewPerson shows a person who has so many events.
func viewPerson(p *person, events int) Person {
	attributes := make(map[string]json.RawMessage, len(p.attributes))
	for name, a := range p.attributes {
		attributes[name] = json.RawMessage(a.json)
	}
	relations := make([]Relation, 0, len(p.relations))
	for o, a := range p.relations {
		relations = append(relations, Relation{TypeID: o.ref.TypeID, ObjectID: o.ref.ID, Attributes: raw(a)})
	}
	slices.SortFunc(relations, func(a, b Relation) int {
		return cmp.Or(cmp.Compare(a.TypeID, b.TypeID), cmp.Compare(a.ObjectID, b.ObjectID))
	})
	return Person{
		CioID: p.cioID, ID: p.names["id"], Email: p.names["email"], Phone: p.names["phone"],
		Attributes: attributes, Unsubscribed: p.optedOut, Events: events,
		Relations: relations, Devices: maps.Clone(p.devices), Created: p.created.UTC(),
	}
}

func viewObject(o *object) Object {
	return Object{CioObjectID: o.cioID, TypeID: o.ref.TypeID, ObjectID: o.ref.ID, Attributes: raw(o.attributes)}
}

// viewEvent shows an event, and who has it now.
func viewEvent(e *event, holder *person) Event {
	v := Event{
		SentAs: map[string]string{e.sentAs.Key: e.sentAs.Value}, Action: e.action, Name: e.name, ID: e.id,
		Timestamp: e.at.Unix(), Received: e.received.UTC(),
		NonULID: e.id != "" && !e.isULID, CouldTriggerCampaign: e.recent,
	}
	if e.data != "" {
		v.Attributes = json.RawMessage(e.data)
	}
	if holder != nil {
		v.Person, v.PersonID = holder.cioID, holder.names["id"]
	}
	return v
}

func raw(attributes map[string]string) map[string]json.RawMessage {
	m := make(map[string]json.RawMessage, len(attributes))
	for name, text := range attributes {
		m[name] = json.RawMessage(text)
	}
	return m
}
