package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestInProcess(t *testing.T) {
	get := func(h http.HandlerFunc) (*http.Response, error) {
		r, _ := http.NewRequest("POST", "http://in.test/path?q=1", strings.NewReader("body"))
		return InProcess(h).RoundTrip(r)
	}
	t.Run("the request is as a server sees it", func(t *testing.T) {
		response, err := get(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Host != "in.test" || r.RequestURI != "/path?q=1" || string(body) != "body" || r.ContentLength != 4 ||
				r.RemoteAddr == "" {
				t.Errorf("%+v %s", r, body)
			}
			w.Header().Set("X-Before", "1")
			w.WriteHeader(201)
			w.Header().Set("X-After", "1")
			w.WriteHeader(500)
			_, _ = io.WriteString(w, "answer")
		})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if response.StatusCode != 201 || response.Status != "201 Created" || string(body) != "answer" || err != nil {
			t.Errorf("%s %q %v", response.Status, body, err)
		}
		if response.Header.Get("X-Before") != "1" || response.Header.Get("X-After") != "" {
			t.Errorf("header %v, want what was set before it was written", response.Header)
		}
	})
	t.Run("no body is an empty one", func(t *testing.T) {
		r, _ := http.NewRequest("GET", "http://in.test/", nil)
		response, err := InProcess(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if body, err := io.ReadAll(r.Body); len(body) != 0 || err != nil {
				t.Errorf("%q %v", body, err)
			}
		})).RoundTrip(r)
		if err != nil || response.StatusCode != 200 {
			t.Errorf("%v %v", response, err)
		}
	})
	t.Run("saying nothing is 200", func(t *testing.T) {
		response, err := get(func(http.ResponseWriter, *http.Request) {})
		if body, _ := io.ReadAll(response.Body); err != nil || response.StatusCode != 200 || len(body) != 0 {
			t.Errorf("%v %v %q", response, err, body)
		}
	})
	t.Run("a connection may break before", func(t *testing.T) {
		if _, err := get(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }); !errors.Is(err,
			syscall.ECONNRESET) {
			t.Errorf("%v, want a reset", err)
		}
	})
	t.Run("and within an answer", func(t *testing.T) {
		response, err := get(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			panic(http.ErrAbortHandler)
		})
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(response.Body); string(body) != "half" || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%q %v, want half and a reset", body, err)
		}
	})
	t.Run("a body that cannot be read", func(t *testing.T) {
		r, _ := http.NewRequest("POST", "http://in.test/", io.MultiReader(strings.NewReader("x"), broken{}))
		if _, err := InProcess(http.NotFoundHandler()).RoundTrip(r); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%v, want the reader's error", err)
		}
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestInProcessEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := errors.New("left")
		for name, during := range map[string]http.HandlerFunc{
			"before the answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			"within it": func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(200)
				<-r.Context().Done()
			},
			"while nobody reads": func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "never read")
			},
		} {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Minute, func() { cancel(left) })
			r, _ := http.NewRequestWithContext(ctx, "GET", "http://in.test/", nil)
			response, err := InProcess(during).RoundTrip(r)
			if err == nil && name != "while nobody reads" {
				_, err = io.ReadAll(response.Body)
			}
			if err == nil {
				<-ctx.Done()
				synctest.Wait()
				_, err = response.Body.Read(make([]byte, 1))
			}
			if !errors.Is(err, left) {
				t.Errorf("%s: %v, want the cause", name, err)
			}
			if _, err := InProcess(during).RoundTrip(r); !errors.Is(err, left) {
				t.Errorf("%s: already cancelled: %v, want the cause", name, err)
			}
		}
	})
}
