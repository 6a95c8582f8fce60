//go:build unix

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"ph2cio/internal/testkit/synthetic"
)

// stopLimit is how long a run may take to end after a signal.
const stopLimit = 20 * time.Second

// TestStoppedAtAnyMoment sends signals at random moments of runs of all kinds. Each run must end soon, with
// the exit code of the signal, and leave a state from which the same command resumes. A soak does so
// PH2CIO_STOPS times for each kind, with PH2CIO_STOP_PEOPLE people.
func TestStoppedAtAnyMoment(t *testing.T) {
	stops, people := numberSetting(t, "PH2CIO_STOPS", 2), int64(numberSetting(t, "PH2CIO_STOP_PEOPLE", 3000))
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	s := newStopping(t, program)
	first, second := filepath.Join(s.dir, "first.jsonl.zst"), filepath.Join(s.dir, "second.jsonl.zst")
	s.write(first, people, 31)
	s.write(second, people/2, 32)
	done, part := s.states(first)
	for _, kind := range []struct {
		name, state string
		words       []string
	}{
		{"fresh backfill", "", []string{"backfill", "--yes", first}},
		{"resume", part, []string{"backfill", "--yes", first}},
		{"restart", done, []string{"backfill", "--yes", "--restart", first}},
		{"sync", done, []string{"sync", first, second}},
		{"retry", done, []string{"retry", "--yes"}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			s := *s
			s.t = t
			s.stopAll(kind.state, kind.words, stops)
		})
	}
}

func numberSetting(t *testing.T, name string, otherwise int) int {
	n, err := strconv.Atoi(cmp.Or(testSettings[name], strconv.Itoa(otherwise)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// stopTrials runs commands in a directory and stops them.
type stopTrials struct {
	t            *testing.T
	program, url string
	dir          string
	dice         *rand.Rand
	requests     *atomic.Int64 // batches that were answered
}

// newStopping starts an API that accepts everything at once.
func newStopping(t *testing.T, program string) *stopTrials {
	requests := &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodGet {
			fmt.Fprintf(w, `{"url":"http://%s","region":"us","environment_id":1}`, r.Host)
			return
		}
		requests.Add(1)
		fmt.Fprint(w, "{}")
	}))
	t.Cleanup(server.Close)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return &stopTrials{t, program, server.URL, t.TempDir(), rand.New(rand.NewPCG(seed, 1)), requests}
}

// write writes an export of so many people, with rows that are rejected.
func (s *stopTrials) write(path string, people int64, seed uint64) {
	s.t.Helper()
	file, err := os.Create(path)
	if err != nil {
		s.t.Fatal(err)
	}
	packer, err := zstd.NewWriter(file, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err == nil {
		_, err = synthetic.Write(packer, synthetic.Options{Rows: 2 * people, People: people, Seed: seed, Invalid: 0.5})
	}
	for _, end := range []func() error{packer.Close, file.Close} {
		err = cmp.Or(err, end())
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// states returns the state of a backfill that has finished, and of one that was stopped after half of its
// requests.
func (s *stopTrials) states(export string) (done, part string) {
	s.t.Helper()
	done, part = filepath.Join(s.dir, "done"), filepath.Join(s.dir, "part")
	words := []string{"backfill", "--yes", export}
	if code, out := s.run(done, words, nil); code != 3 {
		s.t.Fatalf("exit code %d, want 3 for the rejects\n%s", code, out)
	}
	half := s.requests.Swap(0) / 2
	if code, out := s.run(part, words, func(*exec.Cmd) {
		for deadline := time.Now().Add(time.Hour); s.requests.Load() < half && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
	}); code != 130 {
		s.t.Fatalf("exit code %d, want 130\n%s", code, out)
	}
	return done, part
}

func (s *stopTrials) command(state string, words []string) *exec.Cmd {
	c := exec.Command(s.program, slices.Concat(words, []string{"--state", state, "--log-format", "json", "--tmp", s.dir,
		"--rate", "1000", "--concurrency", "8", "--batch-items", "200", "--settle", "200ms", "--max-rejects", "0"})...)
	c.Env = append(os.Environ(), "CUSTOMERIO_TRACK_URL="+s.url, "CUSTOMERIO_SITE_ID=site", "CUSTOMERIO_API_KEY=key")
	return c
}

// run runs a command. If wait is nil it runs to its end; otherwise it gets a SIGINT when wait returns.
func (s *stopTrials) run(state string, words []string, wait func(*exec.Cmd)) (code int, out *bytes.Buffer) {
	s.t.Helper()
	c, out := s.command(state, words), &bytes.Buffer{}
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	if wait != nil {
		wait(c)
		_ = c.Process.Signal(syscall.SIGINT)
	}
	return exitCodeOf(c.Wait()), out
}

// copyOf returns a copy of a state, in which a run can be stopped.
func (s *stopTrials) copyOf(state string) string {
	s.t.Helper()
	to := filepath.Join(s.dir, "state")
	err := os.RemoveAll(to)
	if err == nil && state != "" {
		err = os.CopyFS(to, os.DirFS(state))
	}
	if err == nil && state != "" {
		err = os.Chmod(to, 0o700)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return to
}

// stopAll stops runs of one kind at random moments. It resumes the last of them, and every tenth, to the end.
func (s *stopTrials) stopAll(from string, words []string, stops int) {
	s.t.Helper()
	start := time.Now()
	if code, out := s.run(s.copyOf(from), words, nil); code != 3 && code != 0 {
		s.t.Fatalf("exit code %d of a run that nobody stops\n%s", code, out)
	}
	whole := time.Since(start)
	codes, phases, longest, slowest := map[int]int{}, map[string]int{}, time.Duration(0), ""
	for n := 1; n <= stops; n++ {
		state := s.copyOf(from)
		code, phase, took := s.stop(state, words, time.Duration(s.dice.Int64N(int64(whole))))
		codes[code]++
		phases[phase]++
		if took > longest {
			longest, slowest = took, phase
		}
		if n%10 == 0 || n == stops {
			if code, out := s.run(state, words, nil); code != 3 && code != 0 {
				s.t.Errorf("stopped while %s, and the same command ended with %d\n%s", phase, code, out)
			}
		}
	}
	s.t.Logf("a run takes %.1f s; exit codes %v; at most %.2f s, while %s; %v", whole.Seconds(), codes, longest.Seconds(), slowest, phases)
}

// stop runs a command and stops it after a while. It returns the exit code, what the run was doing when it
// was stopped, and how long it took to end.
func (s *stopTrials) stop(state string, words []string, after time.Duration) (code int, phase string, took time.Duration) {
	s.t.Helper()
	signals := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}
	signal := signals[s.dice.IntN(len(signals))]
	var out bytes.Buffer
	c := s.command(state, words)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(after)
	reading := reads(c.Process.Pid, ".jsonl.zst")
	start, late := time.Now(), c.Process.Signal(signal) != nil
	code = exitCodeOf(c.Wait())
	took = time.Since(start)
	phase = phaseOf(out.Bytes(), reading)
	want := 128 + int(signal)
	if signal == syscall.SIGHUP {
		want = 143
	}
	// A run that has saved that all is sent cannot be stopped any more, and the signal may come just then.
	ended := late || (phase == "finishing" || phase == "at its end") && (code == 0 || code == 3)
	if code != want && !ended && !(phase == "starting" && code == -1) { // before the program watches for signals they end it
		s.t.Errorf("%s while %s: exit code %d, want %d\n%s", signal, phase, code, want, &out)
	}
	if took > stopLimit {
		s.t.Errorf("%s while %s: it took %s to end", signal, phase, took)
	}
	return code, phase, took
}

// reads reports whether a process has a file open whose name has this end, on systems with /proc.
func reads(pid int, end string) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	files, _ := os.ReadDir(dir)
	return slices.ContainsFunc(files, func(f os.DirEntry) bool {
		to, err := os.Readlink(filepath.Join(dir, f.Name()))
		return err == nil && strings.HasSuffix(to, end)
	})
}

// phaseOf returns what a run was doing when it was stopped, from its log.
func phaseOf(log []byte, reading bool) string {
	phase := "starting"
	for line := range bytes.Lines(log) {
		var r struct{ Msg, State, Command string }
		if json.Unmarshal(line, &r) != nil {
			continue
		}
		switch {
		case strings.HasPrefix(r.Msg, "Stopping"):
			return phase
		case r.Msg == "reading" && r.State == "began" && reading:
			phase = "first reading"
		case r.Msg == "reading" && r.State == "began":
			phase = "settling who is who"
		case r.Msg == "reading":
			phase = "asking and beginning the run"
		case r.State == "began":
			phase = r.Msg
		case r.State == "done" && r.Msg == "sending people":
			phase = "waiting for people to settle"
		case r.State == "done":
			phase = "finishing"
		case strings.HasPrefix(r.Msg, "ended:"):
			phase = "at its end"
		}
	}
	return phase
}
