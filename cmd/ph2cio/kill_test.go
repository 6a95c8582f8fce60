package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
)

// kills returns how often each variant is killed: few times in the suite, PH2CIO_KILLS times in a soak.
func kills(t *testing.T) int {
	text := testSettings["PH2CIO_KILLS"]
	if text == "" {
		return 2
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	killedBatch = 20 // operations in a request
	refusedName = "Payment Failed"
)

// TestKilledBackfill kills the program at random moments of each phase and types the same command again until
// it ends. The sandbox stores events with the same ID again, so that every repetition shows. In the end it
// holds what it holds after a run without kills; for each kill at most as many operations are repeated as may
// be under way; and each reject is listed once.
func TestKilledBackfill(t *testing.T) {
	notWithRace(t)
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string]string{
		"JSONL":   writeExport(t, filepath.Join(dir, "events.jsonl"), synthetic.JSONL, false),
		"CSV":     writeExport(t, filepath.Join(dir, "events.csv"), synthetic.CSVWithNames, false),
		"gzip":    writeExport(t, filepath.Join(dir, "events.jsonl.gz"), synthetic.JSONL, true),
		"Parquet": writeParquet(t, filepath.Join(dir, "events.parquet")),
	}
	backfills, syncs, copies := killCounts{}, killCounts{}, killCounts{}
	var phases, syncPhases, copyPhases *runPhases
	for name, file := range files {
		for _, concurrency := range []int{1, 16} {
			t.Run(fmt.Sprintf("%s, %d at once", name, concurrency), func(t *testing.T) {
				k := newKilling(t, program, file, concurrency)
				k.counts = backfills
				phases = k.run(kills(t))
			})
		}
	}
	t.Run("through faults", func(t *testing.T) {
		k := newKilling(t, program, files["JSONL"], 16)
		k.counts = backfills
		k.faults = []sandbox.Answer{{Probability: 0.03, Seed: 1, Status: 503}, {Probability: 0.03, Seed: 2, Status: 500, Applied: true}}
		k.run(max(1, kills(t)/4)) // each takes its time to try again
	})
	t.Run("a sync", func(t *testing.T) {
		k := newKilling(t, program, files["JSONL"], 16)
		k.before = writeSeeded(t, filepath.Join(dir, "before.jsonl"), synthetic.JSONL, false, 12)
		k.counts = syncs
		syncPhases = k.run(kills(t))
	})
	t.Run("standard input", func(t *testing.T) {
		k := newKilling(t, program, "-", 16)
		k.stdin = files["JSONL"]
		k.counts = copies
		copyPhases = k.run(kills(t))
	})
	if !t.Failed() {
		backfills.check(t, "backfill FILE", phases)
		syncs.check(t, "sync of a second night", syncPhases)
		copies.check(t, "backfill -", copyPhases)
	}
}

func writeExport(t *testing.T, path string, shape synthetic.Shape, compressed bool) string {
	return writeSeeded(t, path, shape, compressed, 11)
}

func writeSeeded(t *testing.T, path string, shape synthetic.Shape, compressed bool, seed uint64) string {
	t.Helper()
	var text bytes.Buffer
	if _, err := synthetic.Write(&text, synthetic.Options{Shape: shape, Rows: 1500, People: 120, Seed: seed, Invalid: 1}); err != nil {
		t.Fatal(err)
	}
	if compressed {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(text.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		text = packed
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// writeParquet writes the rows of writeExport in row groups of some hundred rows.
func writeParquet(t *testing.T, path string) string {
	t.Helper()
	if err := os.WriteFile(path, syntheticParquet(t, 1500, 11), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func syntheticParquet(t *testing.T, rows int64, seed uint64) []byte {
	t.Helper()
	var file bytes.Buffer
	o := synthetic.Options{Rows: rows, People: 120, Seed: seed, Invalid: 1}
	if _, err := synthetic.WriteParquet(&file, o, synthetic.ParquetLayout{Group: 300_000, Page: 20_000}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// killTrials is one backfill that is killed again and again.
type killTrials struct {
	t                    *testing.T
	program, file, state string
	concurrency          int // with requests of killedBatch operations; 0 leaves both to the program
	faults               []sandbox.Answer
	before               string   // a file that a sync has sent the night before; empty for a backfill
	typed                []string // a command with its sources, instead of a backfill of file
	dir                  string   // where that is typed
	stdin                string   // a file that the program gets as its standard input
	variables            []string // of its environment, beside those of all

	counts   killCounts // of all trials of the test
	furthest int        // the last phase in which the run was killed
	box      *sandbox.Sandbox
	url      string
	dice     *rand.Rand
}

func newKilling(t *testing.T, program, file string, concurrency int) *killTrials {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return &killTrials{t: t, program: program, file: file, concurrency: concurrency, dice: rand.New(rand.NewPCG(seed, 1))}
}

// begin makes an empty workspace and an empty state.
func (k *killTrials) begin() {
	k.state = filepath.Join(k.t.TempDir(), "state")
	k.box = sandbox.New(sandbox.Options{Switches: sandbox.Switches{EmailUpdatesByID: true}, Faults: sandbox.Faults{
		NoDedup: true, Delay: sandbox.Duration(5 * time.Millisecond), Answers: k.faults,
		Refuse: []sandbox.Refusal{
			{Match: refusedName, Reason: "invalid", Message: "not that one"},
			{Contains: `"action":"identify","identifiers":{"id":"user_7"}`, Reason: "invalid", Message: "nor that one"},
		},
	}})
	server, err := k.box.Start("127.0.0.1:0")
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = server.Close() })
	k.url, k.furthest = server.URL(), 0
	if k.before == "" {
		return
	}
	c, out := k.commandOf(k.before)
	if code := exitCodeOf(c.Run()); code != 3 {
		k.t.Fatalf("the night before: exit code %d, want 3 for the rejects\n%s", code, out)
	}
}

func (k *killTrials) command() (*exec.Cmd, *bytes.Buffer) {
	switch {
	case k.typed != nil:
		return k.commandIn(k.dir, k.typed...)
	case k.before != "":
		return k.commandOf(k.before, k.file)
	}
	return k.commandOf(k.file)
}

func (k *killTrials) commandOf(files ...string) (*exec.Cmd, *bytes.Buffer) {
	words := []string{"backfill", "--yes"}
	if k.before != "" {
		words = []string{"sync", "--first-run", "--recent", "send"}
	}
	return k.commandIn(k.t.TempDir(), append(words, files...)...)
}

// commandIn returns a command that is run in a directory, with the flags that all commands of the test have.
func (k *killTrials) commandIn(dir string, words ...string) (*exec.Cmd, *bytes.Buffer) {
	words = append(slices.Clone(words), "--quiet", "--json", "--state", k.state, "--merge", "identify", "--max-rejects", "0",
		"--rate", "1000")
	if k.concurrency > 0 {
		words = append(words, "--batch-items", strconv.Itoa(killedBatch), "--concurrency", strconv.Itoa(k.concurrency))
	}
	c := exec.Command(k.program, words...)
	c.Dir = dir
	c.Env = append(os.Environ(), "CUSTOMERIO_TRACK_URL="+k.url, "CUSTOMERIO_SITE_ID=site", "CUSTOMERIO_API_KEY=key")
	c.Env = append(c.Env, k.variables...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if k.stdin != "" {
		file, err := os.Open(k.stdin)
		if err != nil {
			k.t.Fatal(err)
		}
		k.t.Cleanup(func() { _ = file.Close() })
		c.Stdin = file
	}
	return c, &out
}

// finish runs the program to its end and returns its summary, nil if an earlier run had come to the end.
func (k *killTrials) finish() (summary map[string]any, phases *runPhases) {
	k.t.Helper()
	c, out := k.command()
	log := logTo(c)
	err := c.Run()
	phases = log.runPhases()
	if err == nil && (strings.Contains(out.String(), "this backfill finished at") || strings.Contains(out.String(), `"sources": []`)) {
		return nil, phases
	}
	if exitCodeOf(err) != 3 {
		k.t.Fatalf("ended with %v, want exit code 3 for the rejects\n%s%s", err, out, log)
	}
	if err := json.Unmarshal(out.Bytes(), &summary); err != nil {
		k.t.Fatalf("%v\n%s%s", err, out, log)
	}
	return summary, phases
}

// exitCodeOf returns the exit code of a program that has ended, -1 if a signal has ended it.
func exitCodeOf(err error) int {
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return failed.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}

// run kills so often, and more often if nobody was killed in one of the phases by then. It returns these.
func (k *killTrials) run(kills int) *runPhases {
	want := k.undisturbed()
	for killed, trials := 0, 0; killed < kills || trials < 5*kills && k.counts.missing(want.phases); trials++ {
		k.begin()
		times := 0
		for times < 6 && (killed < kills || k.counts.missing(want.phases)) && k.kill(want.phases) {
			killed, times = killed+1, times+1
		}
		k.endsLike(want, times)
	}
	return want.phases
}

// wholeRun is what a run that nobody has killed leaves.
type wholeRun struct {
	summary       map[string]any
	phases        *runPhases
	held, rejects []string
	least         int64 // operations that have come
}

// undisturbed runs the program without kills, in a new workspace.
func (k *killTrials) undisturbed() (w wholeRun) {
	k.t.Helper()
	k.begin()
	earlier := k.box.Stats()
	w.summary, w.phases = k.finish()
	w.held, w.rejects = k.held(), k.rejects()
	w.least = earlier.Items + operations(w.summary)
	stats := k.box.Stats()
	if merges := stats.Actions["person.merge"]; merges < killedBatch || stats.Rejected == 0 || len(w.rejects) < 15 || stats.Requests < 40 {
		k.t.Fatalf("%d merges, %d refused, %d rejects, %d requests: too few to be killed at", merges, stats.Rejected, len(w.rejects), stats.Requests)
	}
	return w
}

// endsLike runs the program to its end after so many kills, and compares what is there then.
func (k *killTrials) endsLike(want wholeRun, times int) {
	k.t.Helper()
	summary, _ := k.finish()
	again := k.box.Stats().Items - want.least
	k.t.Logf("killed %d times; %d operations came again", times, again)
	most := int64(times*k.concurrency*killedBatch) + k.box.Stats().Statuses["500"]*killedBatch // those were taken, and sent again
	if again < 0 || again > most {
		k.t.Errorf("%d operations came again, want at most %d", again, most)
	}
	if diff := cmp.Diff(want.held, k.held()); diff != "" {
		k.t.Fatalf("what is held, want -, got +:\n%s", diff)
	}
	if diff := cmp.Diff(want.rejects, k.rejects()); diff != "" {
		k.t.Fatalf("rejects, want -, got +:\n%s", diff)
	}
	if diff := cmp.Diff(rowsOf(want.summary), rowsOf(summary)); summary != nil && diff != "" {
		k.t.Fatalf("rows, want -, got +:\n%s", diff)
	}
}

// operations returns how many operations a run has built.
func operations(summary map[string]any) (all int64) {
	built, _ := summary["operations"].(map[string]any)
	for _, n := range built {
		all += int64(n.(float64))
	}
	return all
}

// held returns what the sandbox holds: its people, and its events without repetitions.
func (k *killTrials) held() []string { return heldBy(k.box) }

func heldBy(box *sandbox.Sandbox) []string {
	box.Flush()
	var all []string
	for _, p := range box.People() {
		all = append(all, fmt.Sprintf("person %s %s %s", p.ID, p.Email, p.Attributes))
	}
	for _, e := range box.Events() {
		all = append(all, fmt.Sprintf("%s %s %s of %s at %d: %s", e.Action, e.Name, e.ID, e.PersonID, e.Timestamp, e.Attributes))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// copiedInput matches the path of a copy of standard input, which each run makes anew.
var copiedInput = regexp.MustCompile(`[^"]*ph2cio-stdin-[0-9a-f-]+`)

func (k *killTrials) rejects() []string {
	text, err := os.ReadFile(filepath.Join(k.state, "rejects.jsonl"))
	if err != nil {
		k.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(copiedInput.ReplaceAllString(string(text), "COPY")), "\n")
	slices.Sort(lines)
	if n := len(slices.Compact(slices.Clone(lines))); n != len(lines) {
		k.t.Errorf("%d of %d rejects are there twice", len(lines)-n, len(lines))
	}
	return lines
}

// rowsOf returns the counts of rows in a summary, with rows of this run and of earlier ones in one count. It
// is nil if a run was killed after it had written its summary.
func rowsOf(summary map[string]any) map[string]any {
	rows, _ := summary["rows"].(map[string]any)
	if rows == nil {
		return nil
	}
	sent, _ := rows["sent"].(float64)
	earlier, _ := rows["earlier"].(float64)
	rows["sent"], rows["earlier"] = sent+earlier, 0.0
	return rows
}
