package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// request is what the server notes of a batch: how large it was, when it came, and of which phase it is.
type request struct {
	Phase string        // the first operation's action, those on events being one
	Bytes int64         // of the body
	At    time.Duration // when its headers came, since the server started
}

// server is a server in a process of its own: the counting one, or one of a bucket.
type server struct {
	url  string
	cmd  *exec.Cmd
	hold io.Closer // the server runs as long as this is open
}

// startServer starts a server that answers each batch after a delay.
func (b *bench) startServer(delay time.Duration) (*server, error) {
	return b.start("server", delay.String())
}

// start starts this program as a server.
func (b *bench) start(name string, args ...string) (*server, error) {
	cmd := exec.CommandContext(b.ctx, b.self, append([]string{childArgument, name}, args...)...)
	cmd.Stderr = os.Stderr
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a %s: %w", name, err)
	}
	s := &server{cmd: cmd, hold: hold}
	if _, err := fmt.Fscanln(out, &s.url); err != nil {
		s.stop()
		return nil, fmt.Errorf("start a %s: it said no address: %w", name, err)
	}
	return s, nil
}

func (s *server) stop() {
	s.hold.Close()
	s.cmd.Wait()
}

// requests asks for the notes, and starts new ones.
func (s *server) requests() ([]request, error) {
	answer, err := http.Get(s.url + "/requests")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var requests []request
	return requests, json.NewDecoder(answer.Body).Decode(&requests)
}

// serve is the counting server's own main. It takes everything for well-formed: the sandbox is there to check.
func serve(delay string) error {
	wait, err := time.ParseDuration(delay)
	if err != nil {
		return err
	}
	return serveUntilLeft(func(url string) http.Handler { return newCounting(url, wait) })
}

// serveUntilLeft prints an address and serves there until standard input ends.
func serveUntilLeft(handler func(url string) http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	fmt.Println(url)
	service := &http.Server{Handler: handler(url)}
	go func() {
		io.Copy(io.Discard, os.Stdin) // until the parent lets go
		service.Close()
	}()
	if err := service.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// counting is a Track API that takes everything and notes sizes and times.
type counting struct {
	delay   time.Duration
	started time.Time

	mu    sync.Mutex
	noted []request
}

func newCounting(url string, delay time.Duration) http.Handler {
	c := &counting{delay: delay, started: time.Now(), noted: []request{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/accounts/region", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, map[string]any{"url": url, "region": "us", "environment_id": 1})
	})
	mux.HandleFunc("POST /api/v2/batch", c.batch)
	mux.HandleFunc("GET /requests", func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		answerJSON(w, c.noted)
		c.noted = []request{}
	})
	return mux
}

func answerJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}

func (c *counting) batch(w http.ResponseWriter, r *http.Request) {
	at := time.Since(c.started)
	var start [256]byte
	n, err := io.ReadFull(r.Body, start[:])
	rest, copyErr := io.Copy(io.Discard, r.Body)
	if copyErr != nil || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		http.Error(w, "the body did not arrive", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	c.noted = append(c.noted, request{Phase: phase(start[:n]), Bytes: int64(n) + rest, At: at})
	c.mu.Unlock()
	time.Sleep(c.delay)
	answerJSON(w, struct{}{})
}

// phase returns to which of ph2cio's phases a batch belongs, by its first operation.
func phase(start []byte) string {
	_, after, _ := bytes.Cut(start, []byte(`"action":"`))
	action, _, _ := strings.Cut(string(after), `"`)
	switch action {
	case "event", "page", "screen":
		return "events"
	default:
		return action
	}
}
