package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStrayAnswersAreNotShown has an API and a monitor that send more than the answer. net/http logs the rest
// and quotes it, and none of that may appear in the output.
func TestStrayAnswersAreNotShown(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	const secret = "canary-unasked-51fe"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := "{}"
		if strings.HasSuffix(r.URL.Path, "/region") {
			answer = `{"url":"http://` + r.Host + `","region":"us","environment_id":1}`
		}
		connection, out, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer connection.Close()
		fmt.Fprintf(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
		out.Flush()
		time.Sleep(50 * time.Millisecond) // by then the answer has been read, and the connection is idle
		fmt.Fprintf(out, "GET /%s HTTP/1.1\r\n\r\n", secret)
		out.Flush()
		time.Sleep(50 * time.Millisecond)
	}))
	defer server.Close()
	rows := filepath.Join(t.TempDir(), "rows.jsonl")
	row := `{"uuid":"0198a6a2-0000-7000-8000-00000000000%d","event":"Signed Up","distinct_id":"user_%d","timestamp":"2026-03-04T09:00:00Z"}` + "\n"
	if err := os.WriteFile(rows, fmt.Appendf(nil, row+row, 1, 1, 2, 2), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "backfill", "--yes", "--quiet", "--rate", "5", "--batch-items", "1", "--settle", "200ms", "--state", filepath.Join(t.TempDir(), "state"), rows)
	c.Env = append(os.Environ(), "CUSTOMERIO_TRACK_URL="+server.URL, "CUSTOMERIO_SITE_ID=site", "CUSTOMERIO_API_KEY=key",
		"PH2CIO_PING_URL="+server.URL+"/"+secret)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Run(); err != nil {
		t.Errorf("%v\n%s", err, &stderr)
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr:\n%s", &stderr)
	}
}
