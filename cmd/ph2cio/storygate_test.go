package main

import (
	"net/http"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// gate is between a program and a sandbox. Usually it is open. A story can make it hold requests back, so
// that a run which is to be stopped in the middle cannot end before, even on a slow machine.
type gate struct {
	box http.Handler

	lock sync.Mutex
	left int           // how many requests still pass while held is not nil
	held chan struct{} // closed when requests pass again; nil while the gate is open
	drop bool          // those that were held are not answered
}

// gates has the gates of all stories, by URL.
var gates sync.Map

// gateOf returns the gate of a story's sandbox.
func gateOf(ts *testscript.TestScript) *gate {
	g, ok := gates.Load(ts.Getenv("CUSTOMERIO_TRACK_URL"))
	if !ok {
		ts.Fatalf("the story has no sandbox")
	}
	return g.(*gate)
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/sandbox/") && !g.pass(r) {
		panic(http.ErrAbortHandler)
	}
	g.box.ServeHTTP(w, r)
}

// pass waits until a request may pass, and reports whether it gets an answer.
func (g *gate) pass(r *http.Request) bool {
	g.lock.Lock()
	held := g.held
	if held != nil && g.left > 0 {
		g.left--
		held = nil
	}
	g.lock.Unlock()
	if held == nil {
		return true
	}
	select {
	case <-held:
	case <-r.Context().Done():
		return false
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	return !g.drop
}

// hold lets so many requests pass and holds back the others.
func (g *gate) hold(after int) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.left, g.held, g.drop = after, make(chan struct{}), false
}

// open lets all requests pass again. With drop, those that were held back get no answer.
func (g *gate) open(drop bool) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.drop = drop
	if g.held != nil {
		close(g.held)
		g.held = nil
	}
}
