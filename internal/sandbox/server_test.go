package sandbox

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// start serves the handler and returns a client's POST of a batch.
func start(t *testing.T, h http.Handler) (*Server, func(ctx context.Context, body string) (int, string, error)) {
	t.Helper()
	server, err := Start(h, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server, func(ctx context.Context, body string) (int, string, error) {
		r, err := http.NewRequestWithContext(ctx, "POST", server.URL()+batchPath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("site", "key")
		response, err := client.Do(r)
		if err != nil {
			return 0, "", err
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		return response.StatusCode, string(text), err
	}
}

func TestServerOverASocket(t *testing.T) {
	s := New(Options{})
	server, post := start(t, s)
	if status, body, err := post(t.Context(), `{"batch":[`+identify("u", "")+`]}`); status != 200 || body != "{}" ||
		err != nil {
		t.Errorf("%d %s %v", status, body, err)
	}
	// The client must see the answer to a large body that is not wanted, not a broken connection.
	for range 20 {
		if status, _, err := post(t.Context(), padded(`{"batch":[]}`, 3_000_000)); status != 400 || err != nil {
			t.Fatalf("%d %v, want 400", status, err)
		}
	}
	response, err := http.Get(server.URL() + "/sandbox/people")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if body, _ := io.ReadAll(response.Body); !strings.Contains(string(body), `"id":"u"`) {
		t.Errorf("people %s", body)
	}
}

func TestServerTellsItsOwnURL(t *testing.T) {
	server, _ := start(t, New(Options{}))
	r, _ := http.NewRequest("GET", server.URL()+regionPath, nil)
	r.SetBasicAuth("site", "key")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if body, _ := io.ReadAll(response.Body); !strings.Contains(string(body), `"url":"`+server.URL()+`"`) {
		t.Errorf("%s, want %s", body, server.URL())
	}
}

func TestServerResetsConnections(t *testing.T) {
	s := New(Options{})
	_, post := start(t, s)
	for _, applied := range []bool{false, true} {
		s.Reset()
		_ = s.SetFaults(Faults{Answers: []Answer{{Reset: true, Applied: applied}}})
		_, _, err := post(t.Context(), `{"batch":[`+identify("u", "")+`]}`)
		if err == nil {
			t.Errorf("applied %v: an answer, want a broken connection", applied)
		}
		if (len(s.People()) == 1) != applied {
			t.Errorf("applied %v: %+v", applied, s.People())
		}
	}
}

func TestServerNoticesThatTheClientLeft(t *testing.T) {
	s := New(Options{Faults: Faults{Delay: Duration(time.Hour)}})
	server, post := start(t, s)
	ctx, leave := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, _, err := post(ctx, `{"batch":[`+identify("u", "")+`]}`)
		done <- err
	}()
	for s.Stats().MaxInFlight == 0 {
		time.Sleep(time.Millisecond) // a socket does not live in a synctest bubble
	}
	leave()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want cancelled", err)
	}
	go func() { _, _, err := post(t.Context(), `{"batch":[`+identify("u", "")+`]}`); done <- err }()
	for s.Stats().Requests == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := server.Close(); err != nil { // does not wait for the hour
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("an answer from a closed server")
	}
	if len(s.People()) != 0 {
		t.Error("applied for a client that had left")
	}
}

func TestBrokenBodyIsNotApplied(t *testing.T) {
	for _, path := range []string{batchPath, entityPath, "/api/v1/events"} {
		s := New(Options{})
		whole := `{"batch":[` + identify("u", "") + `]}`
		r := httptest.NewRequest("POST", path, io.MultiReader(strings.NewReader(whole), broken{}))
		r.SetBasicAuth("site", "key")
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("%s: panic %v, want the connection broken", path, p)
				}
			}()
			s.ServeHTTP(httptest.NewRecorder(), r)
		}()
		if stats := s.Stats(); stats.Statuses["none"] != 1 || stats.People != 0 || stats.Bytes == 0 {
			t.Errorf("%s: %+v, want nothing applied of a body that broke off", path, stats)
		}
	}
}

func TestServerListensOnLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", "",
		"169.254.169.254:80"} {
		server, err := New(Options{}).Start(address)
		if err == nil {
			_ = server.Close()
			t.Errorf("%q: listens, want an error", address)
		} else if !strings.Contains(err.Error(), "127.0.0.1:") {
			t.Errorf("%q: %v, want what to use instead", address, err)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "127.8.8.8:0"} {
		server, err := New(Options{}).Start(address)
		var op *net.OpError
		if errors.As(err, &op) {
			continue // not every machine has all of 127.0.0.0/8
		}
		if err != nil {
			t.Errorf("%q: %v", address, err)
			continue
		}
		if !strings.HasPrefix(server.URL(), "http://127.") {
			t.Errorf("%q: %s", address, server.URL())
		}
		if err := errors.Join(server.Close(), server.Close()); err != nil {
			t.Errorf("%q: close: %v", address, err)
		}
	}
}
