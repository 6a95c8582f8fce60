package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
)

// InProcess returns a RoundTripper that hands each request to a handler without a socket, so that a whole
// exchange can run inside a synctest bubble. A broken connection is an error, as over a socket; an answer may
// be read while it is still written; a cancelled request ends both.
func InProcess(h http.Handler) http.RoundTripper { return inProcess{h} }

type inProcess struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	received, err := asReceived(r)
	if err != nil {
		return nil, err
	}
	if err := r.Context().Err(); err != nil {
		return nil, context.Cause(r.Context())
	}
	reader, writer := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: writer, ready: make(chan struct{})}
	stop := context.AfterFunc(r.Context(), func() { writer.CloseWithError(context.Cause(r.Context())) })
	go func() {
		defer stop()
		err := t.serve(w, received)
		if err == nil && r.Context().Err() != nil {
			err = context.Cause(r.Context())
		}
		w.finish(err)
	}()
	select {
	case <-w.ready:
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
	if w.err != nil {
		return nil, w.err
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: reader, ContentLength: -1, Request: r,
	}, nil
}

// asReceived is the request as a server sees it. Its body is read completely: nothing of it is read once
// RoundTrip has returned.
func asReceived(r *http.Request) (*http.Request, error) {
	received := r.Clone(r.Context())
	received.Body = http.NoBody
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("read the request's body: %w", err)
		}
		received.Body, received.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	if received.Host == "" {
		received.Host = r.URL.Host
	}
	received.RequestURI, received.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	return received, nil
}

// errReset is what a client sees of a broken connection.
var errReset = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}

// serve runs the handler. It returns errReset if the handler aborted the connection.
func (t inProcess) serve(w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			err = errReset
		} else if p != nil {
			panic(p)
		}
	}()
	t.handler.ServeHTTP(w, r)
	return nil
}

// pipeWriter is a ResponseWriter whose body is read as it is written. One goroutine writes.
type pipeWriter struct {
	header http.Header
	body   *io.PipeWriter
	ready  chan struct{} // closed when the fields below are set
	sent   http.Header   // the header, when it was written
	status int           // 0 before
	err    error
}

func (w *pipeWriter) Header() http.Header { return w.header }

// Flush implements http.Flusher: nothing is held back.
func (w *pipeWriter) Flush() { w.WriteHeader(http.StatusOK) }

func (w *pipeWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
		close(w.ready)
	}
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// finish ends the answer. A handler that wrote nothing has said 200.
func (w *pipeWriter) finish(err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case w.status == 0:
		w.err = err
		close(w.ready)
	}
	_ = w.body.CloseWithError(err) // nil is io.EOF; it never fails
}
