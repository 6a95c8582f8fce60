package sandbox

import (
	"fmt"
	"sync"
	"time"

	"ph2cio/internal/sandbox/trackapi"

	"ph2cio/internal/sandbox/ring"

	"ph2cio/internal/sandbox/workspace"
)

// store is what the calls of a sandbox share: its rules, and behind a lock all that they change.
type store struct {
	options Options // without the credentials
	account account
	rules   *trackapi.Rules
	clock   func() time.Time

	mu        sync.Mutex // guards what follows
	workspace *workspace.Workspace
	faults    *injector
	requests  ring.Ring[Request]
	traffic   traffic
	resets    int
}

// life is the name of the time since the last reset, empty for a sandbox that tells none.
func (s *store) life() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.options.Life == "" {
		return ""
	}
	return fmt.Sprintf("%s-%d", s.options.Life, s.resets)
}

// reset empties the workspace, its counts and its memory of requests, and goes back to the faults of the
// options.
func (s *store) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspace = workspace.New(s.rules)
	s.faults = newInjector(s.options.Faults)
	s.requests = ring.Ring[Request]{Max: s.rules.KeptRequests}
	s.traffic = newTraffic(s.traffic.inFlight)
	s.resets++
}

// setFaults replaces all faults.
func (s *store) setFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = newInjector(f)
}

// arrive counts a request that has come, and returns when.
func (s *store) arrive() time.Time {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traffic.arrive()
	return now
}

// leave counts and remembers a request that is answered, and returns how to write the answer.
func (s *store) leave(r Request) pace {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traffic.leave(r)
	s.requests.Add(r)
	return pace{date: s.clock().Add(time.Duration(s.faults.ClockSkew)), trickle: s.faults.Trickle}
}

// look lets f see the workspace as it is now.
func (s *store) look(f func(*workspace.Workspace)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workspace.ApplyUntil(s.clock())
	f(s.workspace)
}

// mangled returns the errors of an answer as the faults in force spoil them.
func (s *store) mangled(faults []trackapi.Rejection, batch int) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return mangled(s.faults, faults, batch)
}
