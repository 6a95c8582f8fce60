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
func twoPercent(seed uint64) (answers []sandbox.Answer) {
	for i, answer := range []sandbox.Answer{
		{Status: 503},
		{Status: 522, Body: sandbox.BodyHTML},
		{Status: 500, Applied: true, Body: sandbox.BodyHTML},
		{Status: 200, Body: sandbox.BodyHTML},
		{Status: 200, Body: sandbox.BodyCut, Applied: true},
		{Reset: true},
		{Reset: true, Applied: true},
	} {
		answer.Probability, answer.Seed = 0.02/7, 7*seed+uint64(i+1)
		answers = append(answers, answer)
	}
	return answers
}

// TestSoak sends at a limited rate for a while, through temporary faults of every kind. In the end each event
// is stored once, neither memory nor the number of open files has grown, and the state has grown by what was
// sent alone.
func TestSoak(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	const rate, items, concurrency = 100, 2, 16
	dir, long := t.TempDir(), soaking(t)
	export := filepath.Join(dir, "events.jsonl")
	rows := int64(long.Seconds() * rate * items / 0.56) // that part of the rows are events to send
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
		Faults: sandbox.Faults{Delay: sandbox.Duration(20 * time.Millisecond), Answers: twoPercent(0)},
		Limits: sandbox.Limits{KeptEvents: 1 << 30, KeptIDs: 1 << 30, KeptRequests: 1},
	})
	server, err := box.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	state := filepath.Join(dir, "state")
	c := exec.Command(program, "backfill", "--yes", "--quiet", "--json", "--state", state,
		"--rate", strconv.Itoa(rate), "--batch-items", strconv.Itoa(items), "--concurrency", strconv.Itoa(concurrency), export)
	c.Env = append(os.Environ(), "CUSTOMERIO_TRACK_URL="+server.URL(), "CUSTOMERIO_SITE_ID=site", "CUSTOMERIO_API_KEY=key")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	used := watchProcess(c, box, state)
	if err := <-used.ended; err != nil {
		t.Fatalf("%v; %s\n%s", err, used, &out)
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
	used.check(t, concurrency)
	if first, all := used.halves[0].state, used.halves[1].state; all-first > first*5/4+4<<20 {
		t.Errorf("the state has grown faster and faster: %s", used)
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

// used is the most that a process, or several, had in the first half of their time and in the second.
type used struct {
	ended  chan error
	halves [2]most
}

// most is the most memory, bytes of state and open files that somebody has seen.
type most struct {
	memory, state int64 // bytes
	files         int
}

func (m most) String() string {
	return fmt.Sprintf("%.1f MB of memory, %d files, %.2f MB of state", float64(m.memory)/(1<<20), m.files, float64(m.state)/(1<<20))
}

func (m *most) add(other most) {
	m.memory, m.state, m.files = max(m.memory, other.memory), max(m.state, other.state), max(m.files, other.files)
}

func (u *used) String() string {
	return fmt.Sprintf("at most %s, and then %s", u.halves[0], u.halves[1])
}

// split takes samples in the order of time.
func (u *used) split(samples []most) {
	for i, one := range samples {
		u.halves[2*i/len(samples)].add(one)
	}
}

// whole returns the most of both halves.
func (u *used) whole() most {
	all := u.halves[0]
	all.add(u.halves[1])
	return all
}

// check checks that the second half had no more memory and open files than the first.
func (u *used) check(t *testing.T, concurrency int) {
	t.Helper()
	first, second := u.halves[0], u.halves[1]
	if first.files == 0 {
		t.Error("nobody looked at the process")
	}
	if second.memory > first.memory*5/4+32<<20 {
		t.Errorf("memory has grown: %s", u)
	}
	// A busy machine may open its last connections late, up to the limit. A leak opens one for each request.
	if second.files > first.files+concurrency {
		t.Errorf("open files have grown: %s", u)
	}
}

// watchProcess measures a process, and the directory of its state, again and again until it ends. Read the
// result only after that.
func watchProcess(c *exec.Cmd, box *sandbox.Sandbox, state string) *used {
	u := &used{ended: make(chan error, 1)}
	waited := make(chan error, 1)
	go func() { waited <- c.Wait() }()
	go func() {
		var samples []most
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case err := <-waited:
				u.split(samples)
				u.ended <- err
				return
			case <-ticker.C:
			}
			one := most{peakMemory(c.Process.Pid), bytesIn(state), openFiles(c.Process.Pid)}
			if box.Stats().Requests > 1 && one.memory > 0 && one.files > 0 {
				samples = append(samples, one)
			}
		}
	}()
	return u
}

// bytesIn returns how many bytes the files in a directory have.
func bytesIn(dir string) (all int64) {
	files, _ := os.ReadDir(dir) // it may not exist yet
	for _, file := range files {
		if info, err := file.Info(); err == nil {
			all += info.Size()
		}
	}
	return all
}

// peakMemory returns the most bytes of memory that a process has had until now, 0 if it has ended.
func peakMemory(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	n, _ := strconv.ParseInt(kilobytes, 10, 64)
	return n << 10
}

// openFiles returns how many files a process has open, 0 if it has ended.
func openFiles(pid int) int {
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(files)
}
