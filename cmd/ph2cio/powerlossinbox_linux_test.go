package main

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"ph2cio/internal/sandbox"
)

// inbox passes requests to a sandbox and remembers those that it has taken, so that a second sandbox can be
// given the same requests, or the first of them.
type inbox struct {
	lock   sync.Mutex
	box    *sandbox.Sandbox
	faults sandbox.Faults // in force
	taken  []taken
	left   int           // how many more requests are answered, if full is not nil
	full   chan struct{} // closed when the first request is not answered; nil without a limit
}

// taken is a request that a sandbox has applied and is about to answer.
type taken struct {
	at        time.Time
	path      string
	body      []byte
	user, key string
	faults    sandbox.Faults // in force at that time
}

// use replaces the sandbox, sets its faults, and forgets all requests.
func (b *inbox) use(box *sandbox.Sandbox, faults sandbox.Faults) error {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.box, b.faults, b.taken = box, faults, nil
	return box.SetFaults(faults)
}

// setFaults replaces the faults of the sandbox.
func (b *inbox) setFaults(faults sandbox.Faults) error {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.faults = faults
	return b.box.SetFaults(faults)
}

// limit lets this number of requests be answered and no more. It returns a channel that is closed when one
// more has come.
func (b *inbox) limit(requests int) (full <-chan struct{}) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.left, b.full = requests, make(chan struct{})
	return b.full
}

// noLimit lets all requests be answered again.
func (b *inbox) noLimit() {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.full = nil
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if r.Method == http.MethodPost && !b.admit() {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	one := taken{path: r.URL.Path, body: body}
	one.user, one.key, _ = r.BasicAuth()
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	b.sandbox().ServeHTTP(answer, r)
	if r.Method == http.MethodPost {
		b.remember(one)
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // an error means that the client has gone
}

// admit reports whether a request that has come is to be answered.
func (b *inbox) admit() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.full == nil {
		return true
	}
	if b.left--; b.left == -1 {
		close(b.full)
	}
	return b.left >= 0
}

func (b *inbox) sandbox() *sandbox.Sandbox {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.box
}

// remember records a request that was taken just now.
func (b *inbox) remember(one taken) {
	b.lock.Lock()
	defer b.lock.Unlock()
	one.at, one.faults = time.Now(), b.faults
	b.taken = append(b.taken, one)
}

// deliver gives requests to a sandbox, with the faults that were in force at the time but without delays.
func deliver(all []taken, box *sandbox.Sandbox) error {
	for _, one := range all {
		one.faults.Delay = 0
		if err := box.SetFaults(one.faults); err != nil {
			return err
		}
		r := httptest.NewRequest(http.MethodPost, one.path, bytes.NewReader(one.body))
		r.SetBasicAuth(one.user, one.key)
		box.ServeHTTP(httptest.NewRecorder(), r)
	}
	return nil
}
