// Package realstore runs the real servers of stores that tests use, as processes of this machine.
package realstore

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// FreeAddress returns an address of this machine at which nothing listens.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// patience is how long a server may take to start.
const patience = time.Minute

// Run starts a server, and returns when it takes connections at its address. The caller must call stop, which
// kills it: it has nothing to save. If the server does not answer, the error has what it said.
func Run(server *exec.Cmd, address string) (stop func(), err error) {
	var said bytes.Buffer
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = server.Process.Kill() // it may have ended
		_ = server.Wait()         // with the error that it was killed
	}
	for began := time.Now(); time.Since(began) < patience; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close() // it was only a trial
			return stop, nil
		}
	}
	stop()
	return nil, fmt.Errorf("%s does not answer: %s", filepath.Base(server.Path), said.String())
}

// PassOn passes a request on to the server of a URL, whose path does not count, for a proxy that makes some
// requests fail.
func PassOn(server string, w http.ResponseWriter, r *http.Request) {
	to, _ := url.Parse(server) // of a server that runs
	to.Path = ""
	passOn := httputil.ReverseProxy{ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // which is signed
	}}
	passOn.ServeHTTP(w, r)
}

// PutAll calls put for each of many objects, by their keys, several at once. Its errors are those of the test.
func PutAll(tb testing.TB, objects map[string][]byte, put func(ctx context.Context, key string, data []byte) error) {
	tb.Helper()
	slots := make(chan struct{}, 16)
	var running sync.WaitGroup
	for key, data := range objects {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			if err := put(tb.Context(), key, data); err != nil {
				tb.Error(err)
			}
		})
	}
	running.Wait()
}
