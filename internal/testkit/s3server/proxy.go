package s3server

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Proxy stands before a server. It counts requests, and makes some fail or be slow.
type Proxy struct {
	URL string

	lock   sync.Mutex
	fault  func(r *http.Request) *Fault
	counts Counts
}

// Counts are the requests of each kind that a proxy has seen, and the bytes of objects that it has passed on.
type Counts struct {
	Lists, Heads, Gets int
	Bytes              int64
}

// Fault says what happens to a request. The zero value changes nothing.
type Fault struct {
	Delay  time.Duration // before the request is passed on
	Status int           // the answer, if it is not 0, instead of the server's
	Code   string        // of that answer
	Cut    int64         // the bytes of the body after which the connection breaks; 0 for never
	Before func()        // is called before the request is passed on; may be nil
}

// Proxy starts a proxy for the server. It ends with the test.
func (s *Server) Proxy(tb testing.TB) *Proxy {
	tb.Helper()
	to, err := url.Parse(s.URL)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{}
	passOn := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // which is signed
		},
		ModifyResponse: p.count,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(passOn, w, r) }))
	tb.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// Fail makes the proxy ask what happens to each request; nil for nothing. Several requests ask at once.
func (p *Proxy) Fail(fault func(r *http.Request) *Fault) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.fault = fault
}

// Counts returns what the proxy has seen since the last call.
func (p *Proxy) Counts() Counts {
	p.lock.Lock()
	defer p.lock.Unlock()
	counts := p.counts
	p.counts = Counts{}
	return counts
}

// IsList reports whether a request lists a bucket.
func IsList(r *http.Request) bool { return r.URL.Query().Has("list-type") }

func (p *Proxy) serve(passOn http.Handler, w http.ResponseWriter, r *http.Request) {
	p.lock.Lock()
	switch {
	case IsList(r):
		p.counts.Lists++
	case r.Method == http.MethodHead:
		p.counts.Heads++
	default:
		p.counts.Gets++
	}
	fault := p.fault
	p.lock.Unlock()
	var f Fault
	if fault != nil {
		if chosen := fault(r); chosen != nil {
			f = *chosen
		}
	}
	time.Sleep(f.Delay)
	if f.Before != nil {
		f.Before()
	}
	if f.Status != 0 {
		w.Header().Set("Content-Type", "application/xml")
		w.Header().Set("X-Amz-Request-Id", "REQUEST1")
		w.WriteHeader(f.Status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><RequestId>REQUEST1</RequestId></Error>", f.Code)
		return
	}
	if f.Cut > 0 {
		w = &cutWriter{ResponseWriter: w, left: f.Cut}
	}
	passOn.ServeHTTP(w, r)
}

// count counts the bytes of an answer that has an object.
func (p *Proxy) count(answer *http.Response) error {
	if !IsList(answer.Request) && answer.StatusCode/100 == 2 {
		answer.Body = &countedBody{answer.Body, p}
	}
	return nil
}

type countedBody struct {
	io.ReadCloser
	proxy *Proxy
}

// Read counts what it reads.
func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.proxy.lock.Lock()
	defer b.proxy.lock.Unlock()
	b.proxy.counts.Bytes += int64(n)
	return n, err
}

// cutWriter breaks the connection after some bytes.
type cutWriter struct {
	http.ResponseWriter
	left int64
}

// Write writes bytes until none are left.
func (c *cutWriter) Write(p []byte) (int, error) {
	if int64(len(p)) < c.left {
		n, err := c.ResponseWriter.Write(p)
		c.left -= int64(n)
		return n, err
	}
	_, _ = c.ResponseWriter.Write(p[:c.left]) // the connection breaks in any case
	if f, ok := c.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}
