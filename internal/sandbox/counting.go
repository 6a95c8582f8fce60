package sandbox

import (
	"io"
	"net/http"
	"sync/atomic"
)

// Counting is a Track API that answers 200 to every batch and looks at nothing: for measuring who sends. The zero value
// is ready.
type Counting struct {
	requests, bytes atomic.Int64
}

// Requests returns how many batches and entities came.
func (c *Counting) Requests() int64 { return c.requests.Load() }

// Bytes returns how long their bodies were together.
func (c *Counting) Bytes() int64 { return c.bytes.Load() }

// ServeHTTP answers the region call like a sandbox in the US, and everything else with 200 {}.
func (c *Counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", jsonKind)
	if r.URL.Path == regionPath {
		_, _ = w.Write(regionReply(baseURL(r), US, 1).body)
		return
	}
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the client has left
	}
	c.requests.Add(1)
	c.bytes.Add(n)
	_, _ = w.Write([]byte("{}"))
}
