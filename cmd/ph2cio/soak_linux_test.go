package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
)

// soaking returns how long TestSoak sends: a moment in the suite, PH2CIO_SOAK in a soak.
func soaking(t *testing.T) time.Duration {
	text := testSettings["PH2CIO_SOAK"]
	if text == "" {
		return 3 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// twoPercent returns temporary faults of every kind, for two of a hundred requests. 429 is not among them: it
// lowers the rate, and the soak would take too long.
func twoPercent() (answers []sandbox.Answer) {
	for i, answer := range []sandbox.Answer{
		{Status: 503},
		{Status: 522, Body: sandbox.BodyHTML},
		{Status: 500, Applied: true, Body: sandbox.BodyHTML},
		{Status: 200, Body: sandbox.BodyHTML},
		{Status: 200, Body: sandbox.BodyCut, Applied: true},
		{Reset: true},
		{Reset: true, Applied: true},
	} {
		answer.Probability, answer.Seed = 0.02/7, uint64(i+1)
		answers = append(answers, answer)
	}
	return answers
}

// TestSoak sends at a limited rate for a while, through temporary faults of every kind. In the end each event
// is stored once, and neither memory nor the number of open files has grown.
func TestSoak(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	const rate, items, concurrency = 100, 2, 16
	dir, long := t.TempDir(), soaking(t)
	export := filepath.Join(dir, "events.jsonl")
	rows := int64(long.Seconds() * rate * items / 0.4) // less than half of the rows are events to send
	file, err := os.Create(export)
	if err == nil {
		_, err = synthetic.Write(file, synthetic.Options{Rows: rows, People: rows/500 + 10, Seed: 21})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	want := eventIDs(t, program, export, filepath.Join(dir, "operations.jsonl"))

	box := sandbox.New(sandbox.Options{
		Faults: sandbox.Faults{Delay: sandbox.Duration(20 * time.Millisecond), Answers: twoPercent()},
		Limits: sandbox.Limits{KeptEvents: 1 << 30, KeptIDs: 1 << 30, KeptRequests: 1},
	})
	server, err := box.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c := exec.Command(program, "backfill", "--yes", "--quiet", "--json", "--state", filepath.Join(dir, "state"),
		"--rate", strconv.Itoa(rate), "--batch-items", strconv.Itoa(items), "--concurrency", strconv.Itoa(concurrency), export)
	c.Env = append(os.Environ(), "CUSTOMERIO_TRACK_URL="+server.URL(), "CUSTOMERIO_SITE_ID=site", "CUSTOMERIO_API_KEY=key")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	used := watchProcess(c, box)
	if err := <-used.ended; err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}

	held := map[string]int{}
	for _, e := range box.Events() {
		held[e.ID]++
	}
	for id := range want {
		if held[id] != 1 {
			t.Fatalf("event %s is held %d times, want once", id, held[id])
		}
	}
	var summary struct {
		Rows    struct{ Sent, Unsent int64 }
		Retries int64
	}
	if err := json.Unmarshal(out.Bytes(), &summary); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	stats := box.Stats()
	t.Logf("%d events in %d requests, answered %v, %d tried again; %s", len(held), stats.Requests, stats.Statuses, summary.Retries, used)
	if len(held) != len(want) || int(summary.Rows.Sent) != len(want) || summary.Rows.Unsent != 0 {
		t.Errorf("%d events held, %d counted as sent, %d as unsent; want %d", len(held), summary.Rows.Sent, summary.Rows.Unsent, len(want))
	}
	if summary.Retries == 0 || stats.Requests < int64(long.Seconds()*rate/4) {
		t.Errorf("%d retries in %d requests: that is no soak", summary.Retries, stats.Requests)
	}
	if used.files[0] == 0 {
		t.Error("nobody looked at the process")
	}
	if used.memory[1] > used.memory[0]*5/4+32<<20 {
		t.Errorf("memory has grown: %s", used)
	}
	// A busy machine may open its last connections late, up to the limit. A leak opens one for each request.
	if used.files[1] > used.files[0]+concurrency {
		t.Errorf("open files have grown: %s", used)
	}
}

// eventIDs returns the IDs of the events that would be sent.
func eventIDs(t *testing.T, program, export, operations string) map[string]bool {
	t.Helper()
	if out, err := exec.Command(program, "preview", "--quiet", "--operations", operations, export).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := os.Open(operations)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ids := map[string]bool{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var op struct{ ID string }
		if err := json.Unmarshal(lines.Bytes(), &op); err != nil {
			t.Fatal(err)
		}
		if op.ID != "" {
			ids[op.ID] = true
		}
	}
	if err := lines.Err(); err != nil || len(ids) == 0 {
		t.Fatalf("%d events, %v", len(ids), err)
	}
	return ids
}

// used is the most memory and open files that a process has had in the first half and in the second half of
// its requests.
type used struct {
	ended  chan error
	memory [2]int64 // bytes
	files  [2]int
}

func (u *used) String() string {
	return fmt.Sprintf("memory at most %d and then %d MB, files %d and then %d", u.memory[0]>>20, u.memory[1]>>20, u.files[0], u.files[1])
}

// watchProcess measures a process again and again until it ends. Read the result only after that.
func watchProcess(c *exec.Cmd, box *sandbox.Sandbox) *used {
	u := &used{ended: make(chan error, 1)}
	waited := make(chan error, 1)
	go func() { waited <- c.Wait() }()
	go func() {
		type sample struct {
			memory int64
			files  int
		}
		var samples []sample
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case err := <-waited:
				for i, one := range samples {
					half := 2 * i / len(samples)
					u.memory[half], u.files[half] = max(u.memory[half], one.memory), max(u.files[half], one.files)
				}
				u.ended <- err
				return
			case <-ticker.C:
			}
			memory, files := resident(c.Process.Pid), openFiles(c.Process.Pid)
			if box.Stats().Requests > 1 && memory > 0 && files > 0 {
				samples = append(samples, sample{memory, files})
			}
		}
	}()
	return u
}

func resident(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	n, _ := strconv.ParseInt(kilobytes, 10, 64)
	return n << 10
}

func openFiles(pid int) int {
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(files)
}
