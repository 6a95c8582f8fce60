package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Sandbox is a Track API of one workspace, kept in memory. It is an http.Handler; [Sandbox.Start] gives it a socket and
// [InProcess] lets a client reach it without one. All methods may be called from many goroutines.
type Sandbox struct {
	options Options // without the credentials
	account account
	rules   *rules
	clock   func() time.Time

	mu        sync.Mutex // guards what follows
	workspace *workspace
	faults    *injector
	requests  ring[Request]
	traffic   traffic
}

// New returns an empty workspace. It panics if the options hold faults that SetFaults would refuse.
func New(o Options) *Sandbox {
	s := &Sandbox{
		account: newAccount(o.SiteID, o.APIKey),
		rules:   &rules{Limits: o.Limits.orDefault(), Switches: o.Switches.orDefault()},
		clock:   o.Clock,
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	o.SiteID, o.APIKey = "", ""
	o.Region = cmp.Or(o.Region, US)
	o.Host = cmp.Or(o.Host, o.Region)
	o.EnvironmentID = cmp.Or(o.EnvironmentID, 1)
	s.options = o
	if err := o.Faults.check(); err != nil {
		panic(fmt.Sprintf("sandbox.New: %v", err))
	}
	s.Reset()
	return s
}

// Reset empties the workspace, its counts and its memory of requests, and goes back to the faults of the options.
func (s *Sandbox) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspace = newWorkspace(s.rules)
	s.faults = newInjector(s.options.Faults)
	s.requests = ring[Request]{max: s.rules.KeptRequests}
	s.traffic = newTraffic(s.traffic.inFlight)
}

// SetFaults replaces all faults; counts such as Answer.Next start anew. Operations that wait to be applied keep their
// moment.
func (s *Sandbox) SetFaults(f Faults) error {
	if err := f.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = newInjector(f)
	return nil
}

// Faults returns the faults in force.
func (s *Sandbox) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Faults
}

// Flush applies every accepted operation that still waits, in the order of their moments.
func (s *Sandbox) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspace.flush(s.clock())
}

// ServeHTTP answers the Track API's calls, and below /sandbox/ the inspection ones, which need no credentials.
//
// To break a connection it hijacks it, or panics with http.ErrAbortHandler where the ResponseWriter cannot do that.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/sandbox/") {
		s.inspect(w, r)
		return
	}
	arrived := s.arrive()
	answer := s.answer(r, arrived)
	// Counted before it is written: whoever holds the answer finds it in the counts.
	pace := s.leave(r, arrived, answer)
	s.write(w, r, answer, pace)
}
