package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"ph2cio/internal/sandbox/trackapi"

	"ph2cio/internal/sandbox/workspace"
)

// Sandbox is a Track API of one workspace, kept in memory. It is an http.Handler; [Sandbox.Start] gives it a
// socket and [InProcess] lets a client reach it without one. All methods may be called from many goroutines.
type Sandbox struct{ store *store }

// New returns an empty workspace. It panics if the options hold faults that SetFaults would refuse.
func New(o Options) *Sandbox {
	clock := o.Clock
	if clock == nil {
		clock = time.Now
	}
	s := &store{
		account: newAccount(o.SiteID, o.APIKey),
		rules:   &trackapi.Rules{Limits: o.Limits.OrDefault(), Switches: o.Switches.OrDefault()},
		clock:   clock,
		options: o.orDefault(),
	}
	if err := o.Faults.check(); err != nil {
		panic(fmt.Sprintf("sandbox.New: %v", err))
	}
	s.reset()
	return &Sandbox{s}
}

// Reset empties the workspace, its counts and its memory of requests, and goes back to the faults of the
// options.
func (s *Sandbox) Reset() {
	life := s.store.life()
	s.store.reset()
	if ended := s.store.options.OnReset; ended != nil && life != "" {
		ended(life)
	}
}

// SetFaults replaces all faults; counts such as Answer.Next start again at 0. Operations that wait to be
// applied keep their moment.
func (s *Sandbox) SetFaults(f Faults) error {
	if err := f.check(); err != nil {
		return err
	}
	s.store.setFaults(f)
	return nil
}

// Faults returns the faults in force.
func (s *Sandbox) Faults() Faults {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return s.store.faults.Faults
}

// Flush applies every accepted operation that still waits, in the order of their moments.
func (s *Sandbox) Flush() {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.store.workspace.Flush(s.store.clock())
}

// ServeHTTP answers the Track API's calls, and below /sandbox/ the inspection ones, which need no
// credentials.
//
// To break a connection it hijacks it, or panics with http.ErrAbortHandler where the ResponseWriter cannot do
// that.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/sandbox/") {
		inspect(s, w, r)
		return
	}
	arrived := s.store.arrive()
	answer := api{s.store}.answer(r, arrived)
	// Counted before it is written, so that a client that has the answer finds it in the counts.
	request := Request{
		Time: arrived.UTC(), Method: r.Method, Path: r.URL.Path,
		Status: answer.status, Bytes: answer.bytes, Items: answer.items, Rejected: answer.rejected,
	}
	pace := s.store.leave(request)
	if log := s.store.options.Log; log != nil {
		log(request.line())
	}
	answer.write(w, r, pace)
}

// People returns the profiles in order of their creation.
func (s *Sandbox) People() (people []workspace.Person) {
	s.store.look(func(w *workspace.Workspace) { people = w.People() })
	return people
}

// Person returns the profile with an identifier: key is id, email, phone or cio_id.
func (s *Sandbox) Person(key, value string) (workspace.Person, bool) {
	for _, p := range s.People() {
		if p.Named(key, value) {
			return p, true
		}
	}
	return workspace.Person{}, false
}

// Objects returns the objects in order of their creation.
func (s *Sandbox) Objects() (objects []workspace.Object) {
	s.store.look(func(w *workspace.Workspace) { objects = w.Objects() })
	return objects
}

// Events returns the events that are kept, in the order in which they were stored.
func (s *Sandbox) Events() (events []workspace.Event) {
	s.store.look(func(w *workspace.Workspace) { events = w.Events() })
	return events
}

// Arrivals returns how often an event with each ID was accepted, whether stored or not. A ULID is in upper
// case.
func (s *Sandbox) Arrivals() (arrivals map[string]int) {
	s.store.look(func(w *workspace.Workspace) { arrivals = w.Arrivals() })
	return arrivals
}

// Activities returns the newest things that happened behind a 200, the oldest of them first.
func (s *Sandbox) Activities() (activities []workspace.Activity) {
	s.store.look(func(w *workspace.Workspace) { activities = w.Activities() })
	return activities
}

// Requests returns the newest requests in the order in which they were answered.
func (s *Sandbox) Requests() []Request {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return s.store.requests.List()
}

// Stats returns the totals.
func (s *Sandbox) Stats() (stats Stats) {
	s.store.look(func(w *workspace.Workspace) { stats = newStats(s.store.traffic, w.Counts()) })
	return stats
}

// Start serves the sandbox on a loopback address such as 127.0.0.1:0. See [Start].
func (s *Sandbox) Start(listen string) (*Server, error) { return Start(s, listen) }
