// Package fakestore has servers of object stores in this process, for tests. A proxy counts the requests to
// one of these, or to a real server, and makes some of them fail. Objects are what a server has.
package fakestore

import (
	"net/http"
	"sync"
	"time"
)

// Proxy stands before a server. It counts requests, and makes some of them fail or be slow.
type Proxy struct {
	Server http.Handler // must not change while it serves

	lock    sync.Mutex
	fail    func(r *http.Request, n int) *Fault
	counts  Counts
	n, open int // requests so far, and those that are being answered
}

// Counts are the requests of each kind that came, and the bytes of objects that were sent.
type Counts struct {
	Lists, Heads, Gets int
	Bytes              int64
	Open               int // the most requests at a time
}

// Fault says what happens to a request. The zero value changes nothing.
type Fault struct {
	Delay   time.Duration // before the request is answered
	Header  map[string]string
	Status  int           // of the answer, if it is not 0, instead of the server's
	Code    string        // of that answer
	Message string        // of that answer; empty for any
	Cut     int           // the bytes of an object or list after which the connection breaks, if it has more; 0 for never
	PerByte time.Duration // how long each byte of an object or list takes
	Before  func()        `json:"-"` // is called before the request is answered; nil for nothing
}

// Fail makes the proxy call fault for each request, the nth, to learn what happens to it; nil for nothing. It
// is called by several goroutines at once.
func (p *Proxy) Fail(fault func(r *http.Request, n int) *Fault) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.fail = fault
}

// TakeCounts returns what was counted since the last call.
func (p *Proxy) TakeCounts() Counts {
	p.lock.Lock()
	defer p.lock.Unlock()
	counts := p.counts
	p.counts = Counts{}
	return counts
}

// ServeHTTP answers a request.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.lock.Lock()
	switch kindOf(r) {
	case "LIST":
		p.counts.Lists++
	case http.MethodHead:
		p.counts.Heads++
	default:
		p.counts.Gets++
	}
	p.n++
	p.open++
	p.counts.Open = max(p.counts.Open, p.open)
	n, fail := p.n, p.fail
	p.lock.Unlock()
	defer func() {
		p.lock.Lock()
		p.open--
		p.lock.Unlock()
	}()
	var fault Fault
	if fail != nil {
		if chosen := fail(r, n); chosen != nil {
			fault = *chosen
		}
	}
	select {
	case <-time.After(fault.Delay):
	case <-r.Context().Done():
	}
	if fault.Before != nil {
		fault.Before()
	}
	for name, value := range fault.Header {
		w.Header().Set(name, value)
	}
	if fault.Status != 0 {
		refuse(w, r, fault.Status, fault.Code, fault.Message)
		return
	}
	p.Server.ServeHTTP(&bodyWriter{ResponseWriter: w, proxy: p, fault: fault, list: IsList(r)}, r)
}

// kindOf returns LIST, HEAD or GET.
func kindOf(r *http.Request) string {
	if IsList(r) {
		return "LIST"
	}
	return r.Method
}

// bodyWriter counts the bytes of an object, and does to those of an object or list what a fault says.
type bodyWriter struct {
	http.ResponseWriter
	proxy  *Proxy
	fault  Fault
	list   bool
	failed bool // the server sends an error
	sent   int
}

// WriteHeader notes whether the server sends an error.
func (w *bodyWriter) WriteHeader(status int) {
	w.failed = status/100 != 2
	w.ResponseWriter.WriteHeader(status)
}

// Write writes the bytes at the speed of the fault, until the connection breaks.
func (w *bodyWriter) Write(b []byte) (n int, err error) {
	if w.failed {
		return w.ResponseWriter.Write(b)
	}
	cut := w.fault.Cut > 0 && w.sent+len(b) > w.fault.Cut
	if cut {
		b = b[:w.fault.Cut-w.sent]
	}
	if !w.list {
		w.proxy.lock.Lock()
		w.proxy.counts.Bytes += int64(len(b)) // before the client has them, and perhaps asks for the counts
		w.proxy.lock.Unlock()
	}
	w.sent += len(b)
	const step = 256 << 10
	for began := time.Now(); n < len(b) && err == nil; {
		to, m := min(n+step, len(b)), 0
		time.Sleep(time.Duration(to)*w.fault.PerByte - time.Since(began))
		m, err = w.ResponseWriter.Write(b[n:to])
		n += m
	}
	if cut {
		_ = http.NewResponseController(w.ResponseWriter).Flush() // what was written arrives before the connection breaks
		panic(http.ErrAbortHandler)
	}
	return n, err
}

// Unwrap lets a server flush what it has written.
func (w *bodyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
