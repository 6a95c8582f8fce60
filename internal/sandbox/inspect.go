package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
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
	Person   string            `json:"person,omitempty"` // cio_id of who has it now, after merges; empty is nobody
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

// look lets f see the workspace as it is now.
func (s *Sandbox) look(f func(*workspace)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspace.settle(s.clock())
	f(s.workspace)
}

// People returns the profiles in order of their creation.
func (s *Sandbox) People() []Person {
	people := []Person{}
	s.look(func(w *workspace) {
		events := map[*person]int{}
		for e := range w.events.all() {
			events[w.holder(e)]++
		}
		for _, p := range w.everybody() {
			people = append(people, p.view(events[p]))
		}
	})
	return people
}

// Person returns the profile with an identifier: key is id, email, phone or cio_id.
func (s *Sandbox) Person(key, value string) (Person, bool) {
	for _, p := range s.People() {
		named := map[string]string{"id": p.ID, "email": p.Email, "phone": p.Phone, "cio_id": p.CioID}[key]
		if named != "" && (identifier{key, named}).folded() == (identifier{key, value}).folded() {
			return p, true
		}
	}
	return Person{}, false
}

// Objects returns the objects in order of their creation.
func (s *Sandbox) Objects() []Object {
	objects := []Object{}
	s.look(func(w *workspace) {
		for _, o := range w.everything() {
			objects = append(objects, Object{o.cioID, o.ref.typeID, o.ref.id, raw(o.attributes)})
		}
	})
	return objects
}

// Events returns the events that are kept, in the order in which they were stored.
func (s *Sandbox) Events() []Event {
	events := []Event{}
	s.look(func(w *workspace) {
		for e := range w.events.all() {
			events = append(events, e.view(w.holder(e)))
		}
	})
	return events
}

// Arrivals returns how often an event with each ID was accepted, whether stored or not. A ULID is in upper case.
func (s *Sandbox) Arrivals() map[string]int {
	arrivals := map[string]int{}
	s.look(func(w *workspace) {
		for id, seen := range w.ids.seen {
			arrivals[id] = int(seen.arrived)
		}
	})
	return arrivals
}

// Activities returns the newest things that happened behind a 200, the oldest of them first.
func (s *Sandbox) Activities() []Activity {
	var list []Activity
	s.look(func(w *workspace) { list = w.activities.list() })
	return list
}

// Requests returns the newest requests in the order in which they were answered.
func (s *Sandbox) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests.list()
}

func (p *person) view(events int) Person {
	attributes := make(map[string]json.RawMessage, len(p.attributes))
	for name, a := range p.attributes {
		attributes[name] = json.RawMessage(a.json)
	}
	relations := make([]Relation, 0, len(p.relations))
	for o, a := range p.relations {
		relations = append(relations, Relation{o.ref.typeID, o.ref.id, raw(a)})
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

func (e *event) view(holder *person) Event {
	v := Event{
		SentAs: map[string]string{e.sentAs.key: e.sentAs.value}, Action: e.action, Name: e.name, ID: e.id,
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

// inspect answers the calls below /sandbox/.
func (s *Sandbox) inspect(w http.ResponseWriter, r *http.Request) {
	views := map[string]func(io.Writer){
		"/sandbox/people":     func(w io.Writer) { showList(w, s.People()) },
		"/sandbox/objects":    func(w io.Writer) { showList(w, s.Objects()) },
		"/sandbox/events":     func(w io.Writer) { showList(w, s.Events()) },
		"/sandbox/activities": func(w io.Writer) { showList(w, s.Activities()) },
		"/sandbox/requests":   func(w io.Writer) { showList(w, s.Requests()) },
		"/sandbox/arrivals":   func(w io.Writer) { show(w, s.Arrivals()) },
		"/sandbox/stats":      func(w io.Writer) { show(w, s.Stats()) },
		"/sandbox/faults":     func(w io.Writer) { show(w, s.Faults()) },
	}
	orders := map[string]func(io.Reader) error{
		"/sandbox/faults": s.readFaults,
		"/sandbox/reset":  func(io.Reader) error { s.Reset(); return nil },
		"/sandbox/flush":  func(io.Reader) error { s.Flush(); return nil },
	}
	view, order := views[r.URL.Path], orders[r.URL.Path]
	switch {
	case view == nil && order == nil:
		http.Error(w, "404 page not found", http.StatusNotFound)
	case r.Method == http.MethodGet && view != nil:
		w.Header().Set("Content-Type", jsonKind)
		view(w)
	case r.Method == http.MethodPost && order != nil:
		if err := order(http.MaxBytesReader(w, r.Body, 1<<20)); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", jsonKind)
		show(w, struct{}{})
	default:
		http.Error(w, "405 method not allowed", http.StatusMethodNotAllowed)
	}
}

// show writes v as JSON. An error means that the client has left.
func show(w io.Writer, v any) {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
}

// showList writes an array with one element a line, so that shells can work with it.
func showList[T any](w io.Writer, list []T) {
	between := "["
	for _, v := range list {
		_, _ = io.WriteString(w, between)
		show(w, v)
		between = ","
	}
	if len(list) == 0 {
		_, _ = io.WriteString(w, between)
	}
	_, _ = io.WriteString(w, "]\n")
}

// readFaults reads a JSON document of Faults and puts it in force. A name that does not exist is an error.
func (s *Sandbox) readFaults(body io.Reader) error {
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	var f Faults
	if err := decoder.Decode(&f); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("faults: text after the document")
	}
	return s.SetFaults(f)
}
