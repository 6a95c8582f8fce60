package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// What a sandbox holds is listed one thing a line, whatever the names are.
func TestTheSandboxIsListedInTheWidthOfTheTerminal(t *testing.T) {
	box := sandbox.New(sandbox.Options{SiteID: "s", APIKey: "k"})
	send := func(operation string) {
		r := httptest.NewRequest("POST", "/api/v2/entity", strings.NewReader(operation))
		r.SetBasicAuth("s", "k")
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if box.ServeHTTP(w, r); w.Code != 200 {
			t.Fatalf("%s: %s", operation, w.Body)
		}
	}
	for i, id := range []string{"user_1", "maximilian.mustermann@example.com", "0195602e-7a11-7c3e-9d55-3f2b61c0aa01", "ユーザー一号"} {
		send(fmt.Sprintf(`{"type":"person","action":"identify","identifiers":{"id":%q},"attributes":{"email":"someone%d@example.com","plan":%q}}`,
			id, i, strings.Repeat("名前", 20)))
		send(fmt.Sprintf(`{"type":"person","action":"event","identifiers":{"id":%q},"name":%q,"timestamp":1772615727}`,
			id, "Order "+strings.Repeat("名前", 12)))
	}
	box.Flush()
	for _, width := range []int{80, 90, 100} {
		text := sandboxText{width: width}
		text.people(box)
		text.events(box)
		for line := range strings.Lines(text.String()) {
			if wide := terminal.ColumnsOf(strings.TrimSuffix(line, "\n")); wide > width {
				t.Errorf("%d columns of %d: %s", wide, width, line)
			}
		}
		if strings.Count(text.String(), "...") != 8 {
			t.Errorf("in %d columns not every name is shortened: %s", width, text.String())
		}
	}
}

// TestASandboxEndsWithItsState sends the same to a sandbox, after it was asked to forget everything, and to the
// next one at the same address, which comes after one that was killed.
func TestASandboxEndsWithItsState(t *testing.T) {
	states := t.TempDir()
	named := filepath.Join(states, "named")
	killed := filepath.Join(states, "ph2cio", "1-127.0.0.1-0-sandbox-killed-1")
	end := make(chan func(), 1)
	url := startSandboxCommand(t, states, end)
	stop := <-end
	other := filepath.Join(states, "ph2cio", "1-127.0.0.1-1-sandbox-other-1")
	for _, dir := range []string{killed, other} {
		if err := os.MkdirAll(strings.Replace(dir, "127.0.0.1-0", hostName(url), 1), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	account := map[string]string{"CUSTOMERIO_SITE_ID": "x", "CUSTOMERIO_API_KEY": "y", "CUSTOMERIO_TRACK_URL": url, "XDG_STATE_HOME": states}
	send := func(more ...string) string {
		out := runProgram(t, account, append([]string{"backfill", "--yes", acornly}, more...)...)
		if out.code != exit.Done {
			t.Fatalf("exit code %d\n%s", out.code, out.stderr)
		}
		return out.stdout
	}
	if got := send(); !strings.HasPrefix(got, "Sent to") {
		t.Errorf("%s", got)
	}
	if got := send(); !strings.Contains(got, "sent nothing") {
		t.Errorf("%s", got)
	}
	r, err := http.Post(url+"/sandbox/reset", "", nil)
	if err != nil || r.StatusCode != 200 || r.Body.Close() != nil {
		t.Fatal(r, err)
	}
	http.DefaultClient.CloseIdleConnections()
	if left, err := filepath.Glob(filepath.Join(states, "ph2cio", "*-sandbox-*")); err != nil || len(left) != 2 { // those made by this test
		t.Errorf("%q are left, %v", left, err)
	}
	if got := send(); !strings.HasPrefix(got, "Sent to") {
		t.Errorf("after a reset: %s", got)
	}
	send("--state", named)
	stop()
	left, err := filepath.Glob(filepath.Join(states, "ph2cio", "*"))
	if err != nil || len(left) != 2 {
		t.Errorf("%q are left, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(named, "state.db")); err != nil {
		t.Error(err)
	}
	startSandboxCommand(t, states, end, "--listen", strings.TrimPrefix(url, "http://"))
	if left, _ := filepath.Glob(filepath.Join(states, "ph2cio", "*")); len(left) != 1 || left[0] != other {
		t.Errorf("%q are left", left)
	}
	(<-end)()
}

// startSandboxCommand runs the command sandbox until the function in end is called, and returns its address.
func startSandboxCommand(t *testing.T, states string, end chan<- func(), more ...string) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, stdout := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		Main(ctx, Env{
			Stdin: strings.NewReader(""), Stdout: stdout, Stderr: t.Output(), Environ: func() []string { return nil },
			Getenv: func(name string) (string, bool) {
				value, ok := map[string]string{"XDG_STATE_HOME": states}[name]
				return value, ok
			},
		}, append([]string{"sandbox", "--listen", "127.0.0.1:0"}, more...))
		_ = stdout.Close()
	}()
	b := make([]byte, 100)
	n, err := read.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	end <- func() { cancel(); <-done }
	return strings.TrimSpace(string(b[:n]))
}
