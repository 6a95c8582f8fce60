package customerio

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// slowly returns a client with a short timeout.
func slowly(t *testing.T, base string) *Client {
	t.Helper()
	c := overNetwork(t, base, nil, nil)
	c.timeout = 150 * time.Millisecond
	return c
}

// checkSlow sends until the timeout. The operation must then be retried, not lost.
func checkSlow(t *testing.T, c *Client, b *Batch) {
	t.Helper()
	start := time.Now()
	receipt, err := c.Send(t.Context(), b)
	if !Temporary(err) || !strings.Contains(err.Error(), "none within 150ms") || len(receipt.Unsent) != b.Len() {
		t.Errorf("%v, %d unsent", err, len(receipt.Unsent))
	}
	if elapsed := time.Since(start); elapsed > 3*time.Second {
		t.Errorf("took %s", elapsed)
	}
}

// The timeout is for the whole request, not for each byte of an answer that comes byte by byte.
func TestAnAnswerByteByByteIsGivenUp(t *testing.T) {
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for first := requests.Add(1) == 1; first && r.Context().Err() == nil; pause(r, 20*time.Millisecond) {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
		}
		_, _ = io.WriteString(w, "{}")
	}))
	defer server.Close()
	c := slowly(t, server.URL)
	checkSlow(t, c, numbered(1))
	if _, err := Retried(c, Policy{Base: time.Millisecond}).Send(t.Context(), numbered(1)); err != nil {
		t.Errorf("the next request: %v", err)
	}
}

// A black hole accepts the connection, but reads no body, large or small, and answers nothing.
func TestABlackHoleIsGivenUp(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c := slowly(t, "http://"+listener.Addr().String())
	checkSlow(t, c, numbered(1))
	large := NewBatch()
	for i := range 15 {
		large.add(sized(uint64(i), MaxItem))
	}
	checkSlow(t, c, large)
}
