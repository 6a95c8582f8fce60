package sandbox

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server serves a handler on an address of this machine, see [Start].
type Server struct {
	url    string
	server *http.Server
	cancel context.CancelFunc
	served chan struct{}

	answering sync.RWMutex // held for reading while a request is answered
	closed    bool         // guarded by answering
}

// Start serves a handler on a loopback address, 127.0.0.1:0 for any free port. Any other address is refused:
// everybody who can reach the sandbox can read what was sent to it, without credentials. Close ends it.
func Start(handler http.Handler, listen string) (*Server, error) {
	address, err := loopback(listen)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{url: "http://" + listener.Addr().String(), cancel: cancel, served: make(chan struct{})}
	s.server = &http.Server{
		Handler:           s.tracked(handler),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(listener) // always ErrServerClosed: only Close ends it
	}()
	return s, nil
}

// URL returns the base URL, such as http://127.0.0.1:41234.
func (s *Server) URL() string { return s.url }

// Close breaks all connections and returns once no request is being answered. It may be called more than
// once.
func (s *Server) Close() error {
	s.cancel()
	err := s.server.Close()
	<-s.served
	s.answering.Lock() // waits for answers under way
	s.closed = true
	s.answering.Unlock()
	return err
}

func (s *Server) tracked(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answering.RLock()
		defer s.answering.RUnlock()
		if !s.closed {
			h.ServeHTTP(w, r)
		}
	})
}

// loopback checks that an address is this machine's own.
func loopback(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("cannot listen on %q: %w; use 127.0.0.1:PORT", listen, err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return "", fmt.Errorf("cannot listen on %q: the sandbox listens on loopback addresses only; use 127.0.0.1:%s", listen, port)
	}
	return net.JoinHostPort(host, port), nil
}
