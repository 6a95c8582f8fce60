package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// People returns the profiles in order of their creation.
func (s *Sandbox) People() (people []Person) {
	s.look(func(w *workspace) { people = w.peopleNow() })
	return people
}

// Person returns the profile with an identifier: key is id, email, phone or cio_id.
func (s *Sandbox) Person(key, value string) (Person, bool) {
	for _, p := range s.People() {
		if p.named(key, value) {
			return p, true
		}
	}
	return Person{}, false
}

// Objects returns the objects in order of their creation.
func (s *Sandbox) Objects() (objects []Object) {
	s.look(func(w *workspace) { objects = w.objectsNow() })
	return objects
}

// Events returns the events that are kept, in the order in which they were stored.
func (s *Sandbox) Events() (events []Event) {
	s.look(func(w *workspace) { events = w.eventsNow() })
	return events
}

// Arrivals returns how often an event with each ID was accepted, whether stored or not. A ULID is in upper case.
func (s *Sandbox) Arrivals() (arrivals map[string]int) {
	s.look(func(w *workspace) { arrivals = w.arrivals() })
	return arrivals
}

// Activities returns the newest things that happened behind a 200, the oldest of them first.
func (s *Sandbox) Activities() (activities []Activity) {
	s.look(func(w *workspace) { activities = w.activities.list() })
	return activities
}

// Requests returns the newest requests in the order in which they were answered.
func (s *Sandbox) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests.list()
}

// look lets f see the workspace as it is now.
func (s *Sandbox) look(f func(*workspace)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspace.settle(s.clock())
	f(s.workspace)
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
