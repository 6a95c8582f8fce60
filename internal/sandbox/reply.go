package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// reply is an answer before it is written.
type reply struct {
	status     int // 0 when there is none: the connection breaks
	kind       string
	body       []byte
	retryAfter string
	location   string
	allow      string
	reset      bool // break the connection

	bytes    int64 // of the request's body
	items    int   // operations in it
	rejected int
}

// about returns the answer with how many operations the request had, and how many of them were rejected.
func (a reply) about(items, rejected int) reply {
	a.items, a.rejected = items, rejected
	return a
}

// retryIn returns the answer with a Retry-After header; empty text is none.
func (a reply) retryIn(text string) reply {
	a.retryAfter = text
	return a
}

const (
	jsonKind = "application/json"
	htmlKind = "text/html; charset=utf-8"
	textKind = "text/plain; charset=utf-8"
)

// refused is the answer to a whole request that is rejected, in the form of the v2 calls.
func refused(status int, rejections ...trackapi.Rejection) reply {
	return reply{status: status, kind: jsonKind, body: encode(map[string]any{"errors": rejections})}
}

// failure is an answer in the form that the API uses for errors outside the v2 calls.
func failure(status int, text string) reply {
	return reply{status: status, kind: jsonKind, body: encode(map[string]any{"meta": map[string]string{"error": text}})}
}

func plainText(status int, text string) reply {
	return reply{status: status, kind: textKind, body: []byte(text + "\n")}
}

func html(status int) reply { return reply{status: status, kind: htmlKind, body: page(status)} }

// page is what a proxy in front of the API would show.
func page(status int) []byte {
	text := http.StatusText(status)
	return fmt.Appendf(nil, "<html>\n<head><title>%d %s</title></head>\n<body><h1>%[2]s</h1></body>\n</html>\n", status, text)
}

// encode returns v as JSON without escaping HTML.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // of maps, structs and strings: cannot go wrong
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// pace is how an answer is written.
type pace struct {
	date    time.Time
	trickle Trickle
}

// write sends the reply, or breaks the connection.
func (a reply) write(w http.ResponseWriter, r *http.Request, p pace) {
	if a.reset {
		reset(w)
		return
	}
	h := w.Header()
	h.Set("Date", p.date.UTC().Format(http.TimeFormat))
	// net/http guesses a type when none is set; nil keeps it from guessing.
	if h["Content-Type"] = nil; a.kind != "" {
		h.Set("Content-Type", a.kind)
	}
	for name, text := range map[string]string{"Retry-After": a.retryAfter, "Location": a.location, "Allow": a.allow} {
		if text != "" {
			h.Set(name, text)
		}
	}
	w.WriteHeader(a.status)
	if p.trickle.Bytes > 0 && !writeFiller(r.Context(), w, p.trickle) {
		reset(w)
		return
	}
	_, _ = w.Write(a.body) // an error means that the client has left
}

// writeFiller writes the filler bytes of a slow answer. It returns false when the client has left.
func writeFiller(ctx context.Context, w http.ResponseWriter, t Trickle) bool {
	control := http.NewResponseController(w)
	_ = control.Flush()
	for range t.Bytes {
		if !sleep(ctx, time.Duration(t.Pause)) {
			return false
		}
		if _, err := w.Write([]byte(" ")); err != nil {
			return false
		}
		_ = control.Flush()
	}
	return true
}

// sleep returns false when the context ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reset breaks the connection, if possible with a TCP reset rather than an orderly end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
