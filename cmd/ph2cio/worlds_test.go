package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/sources"
	"ph2cio/internal/testkit/worlds"
)

// TestNightsEndAsOneBackfill lets random worlds live for some nights with a sync in each. Whatever
// happens to the files in between, Customer.io then has what one backfill of all rows that there ever
// were gives it: the same events with the same IDs, times and data, of the same people, and the same
// profiles with the same attributes.
//
// These differences are right, and the world predicts each of them:
//   - An event that was sent stays as it was sent when it is corrected later. The run that reads the
//     correction lists it in rejects.jsonl (corrected_late).
//   - An event is lost if all files that had it were deleted while it waited. A night must name one of
//     the files (lost_history).
//   - Of several versions of an event the newest is sent that a run can read. A run that resumes a
//     stopped one does not read files that are new since then, so that it may send an older version.
//   - A visitor or user whose profile was sent before the merge has none of their own in the end: it was
//     merged into the person's.
//
// After each run the equation of the rows holds, and at the end nothing waits that could be sent. An
// event comes twice only if it was under way when a run was killed.
//
// PH2CIO_WORLDS is the number of worlds, PH2CIO_WORLD_NIGHTS that of the nights of each, and PH2CIO_WORLD_SEED
// the seed of the first one, 1 by default; the others follow it. A world that failed is understood faster with
// fewer nights: the first ones stay the same.
func TestNightsEndAsOneBackfill(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	count, nights := settingOr(t, "PH2CIO_WORLDS", 2), settingOr(t, "PH2CIO_WORLD_NIGHTS", 10)
	first := settingOr(t, "PH2CIO_WORLD_SEED", 1)
	drawn := &tally{counts: map[string]int{}}
	t.Cleanup(func() { t.Log(drawn) })
	for seed := first; seed < first+count; seed++ {
		for name, inBucket := range map[string]bool{"": false, " in a bucket": true} {
			t.Run(fmt.Sprint("seed ", seed, name), func(t *testing.T) {
				t.Parallel()
				r := newWorldRun(t, uint64(seed))
				r.inBucket = inBucket
				r.live(nights)
				drawn.add(r.world.Counts())
			})
		}
	}
}

// tally counts what happened in several worlds.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (y *tally) add(counts map[string]int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.counts["worlds"]++
	for what, n := range counts {
		y.counts[what] += n
	}
}

func (y *tally) String() string {
	var all []string
	for _, what := range slices.Sorted(maps.Keys(y.counts)) {
		all = append(all, fmt.Sprintf("%s: %d", what, y.counts[what]))
	}
	return strings.Join(all, ", ")
}

// settingOr returns a number of the test settings, and usual if it is not set.
func settingOr(t *testing.T, name string, usual int) int {
	text := testSettings[name]
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// worldRun is a world, the workspace that its nights fill, and the program that fills it.
type worldRun struct {
	t             *testing.T
	program, dir  string
	state         string // the state directory
	world         *worlds.World
	box           *sandbox.Sandbox
	url           string     // of the box
	inBucket      bool       // the files are objects of a bucket
	dice          *rand.Rand // for when runs are stopped, which the seed does not fix
	kills         int
	silent        bool     // the last run was killed before it printed anything
	lost          []string // names of files that lost_history has listed
	correctedLate []string // IDs of events that rejects.jsonl has listed so
}

const (
	worldBatch       = 3 // operations in a request
	worldConcurrency = 4 // requests under way
	worldDelay       = sandbox.Duration(2 * time.Millisecond)
)

func newWorldRun(t *testing.T, seed uint64) *worldRun {
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := &worldRun{
		t: t, program: program, dir: dir, state: filepath.Join(dir, "state"), world: worlds.New(seed, dir),
		dice: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1)),
	}
	r.openBox(sandbox.Faults{Delay: worldDelay})
	return r
}

// openBox starts a workspace that lets a profile's email be changed.
func (r *worldRun) openBox(faults sandbox.Faults) {
	switches := sandbox.Switches{EmailUpdatesByID: true}
	r.box = sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, Switches: switches, Faults: faults})
	server, err := r.box.Start("127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = server.Close() })
	r.url = server.URL()
}

// live lets nights pass and compares in the end.
func (r *worldRun) live(nights int) {
	defer func() {
		if r.t.Failed() {
			r.t.Logf("what happened:\n%s", r.world.Story())
		}
	}()
	for night := 0; night < nights || !r.world.CaughtUp(); night++ {
		if r.night(r.world.Next()); r.t.Failed() {
			return
		}
	}
	r.night(r.world.Last())
	items := r.box.Stats().Items
	r.run(worlds.Night{Flags: r.world.FinalFlags()})
	if again := r.box.Stats().Items - items; again != 0 {
		r.t.Errorf("%d operations came after the last night, when nothing was new", again)
	}
	if !r.t.Failed() {
		r.compare()
	}
}

// night is all runs of one night. After three kills the same command is left alone.
func (r *worldRun) night(n worlds.Night) {
	if _, err := os.Stat(filepath.Join(r.state, "state.db")); err == nil && n.Ahead != 0 {
		(&killTrials{t: r.t, state: r.state}).setAhead(n.Ahead)
	}
	r.refuse(n.Refuses)
	complete := false
	for try := range 4 {
		if try == 3 {
			n.Ending = worlds.Complete
		}
		if complete = r.run(n); complete || n.Ending != worlds.Killed {
			break
		}
	}
	r.refuse("")
	if n.Retries {
		r.retry(n.Flags)
	}
	for _, wrong := range r.world.Ran(r.arrived(), complete) {
		r.t.Error(wrong)
	}
}

// refuse lets the workspace refuse operations that contain a text from now on; an empty one refuses none.
func (r *worldRun) refuse(text string) {
	faults := sandbox.Faults{Delay: worldDelay}
	if text != "" {
		faults.Refuse = []sandbox.Refusal{{Contains: text, Reason: "invalid"}}
	}
	if err := r.box.SetFaults(faults); err != nil {
		r.t.Fatal(err)
	}
}

// retry tries again what was rejected.
func (r *worldRun) retry(flags []string) {
	c, stdout, stderr := r.command(append([]string{"retry", "--merges", "--yes", "--batch-items", strconv.Itoa(worldBatch)}, flags...)...)
	code := exitCodeOf(c.Run())
	r.box.Flush()
	r.readRejects()
	r.world.Note("  retry: exit code %d, %s", code, stdout)
	if code != 0 && code != 3 {
		r.t.Errorf("retry: exit code %d\n%s%s", code, stdout, stderr)
	}
}

// worldSummary is what is looked at of the --json of a sync.
type worldSummary struct {
	Rows        map[string]json.RawMessage
	Unsent      map[string]int64
	Interrupted bool
	LostHistory []struct{ Path string } `json:"lost_history"`
}

// run runs sync once, and reports whether it came to its end.
func (r *worldRun) run(n worlds.Night) (complete bool) {
	words := append([]string{"sync", "--first-run", "export", "--batch-items", strconv.Itoa(worldBatch)}, n.Flags...)
	if n.Ending == worlds.OutOfTime {
		words = append(words, "--max-duration", fmt.Sprint(5+r.dice.IntN(40), "ms"))
	}
	c, stdout, stderr := r.command(words...)
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	if n.Ending == worlds.Killed || n.Ending == worlds.Terminated {
		r.stop(c, n.Ending)
	}
	code := exitCodeOf(c.Wait())
	r.box.Flush()
	r.readRejects()
	if code == -1 || n.Ending == worlds.Killed && stdout.Len() == 0 {
		r.world.Note("  killed")
		r.world.Count("killed runs")
		r.kills++
		r.silent = true
		return false
	}
	var summary worldSummary
	if err := json.Unmarshal(stdout.Bytes(), &summary); err != nil {
		r.t.Fatalf("exit code %d: %v\n%s%s", code, err, stdout, stderr)
	}
	text, err := json.Marshal(&summary)
	if err != nil {
		r.t.Fatal(err)
	}
	r.world.Note("  exit code %d, %s", code, text)
	r.check(&summary)
	r.count(code, n, &summary)
	fits := code == 0 || code == 3 || code == 6 && n.Damaged || code == 143 && n.Ending == worlds.Terminated
	if !fits {
		r.t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	all := string(summary.Rows["unsent"]) == "0" && len(summary.Unsent) == 0
	return all && n.Ending != worlds.OutOfTime && !summary.Interrupted
}

// count counts how a run ended.
func (r *worldRun) count(code int, n worlds.Night, s *worldSummary) {
	r.world.Count("runs")
	switch {
	case n.Ending == worlds.OutOfTime:
		r.world.Count("runs out of time")
	case s.Interrupted:
		r.world.Count("interrupted runs")
	case code == 3:
		r.world.Count("runs with rejects")
	case code == 6:
		r.world.Count("runs with damaged files")
	}
	if n.Ahead != 0 {
		r.world.Count("clocks that jump")
	}
}

// check checks the equation of rows and takes the names of files of which rows are lost.
func (r *worldRun) check(s *worldSummary) {
	sum := int64(0)
	for _, bucket := range []string{"sent", "person", "skipped", "rejected", "duplicate", "earlier", "unsent"} {
		sum += r.sum(s.Rows[bucket])
	}
	if read := r.sum(s.Rows["read"]); sum != read {
		r.t.Errorf("%d rows were read, and %d are counted: %s", read, sum, s.Rows)
	}
	if r.silent && r.sum(s.Rows["read"]) == 0 {
		// The run that was killed had ended, and was killed before it could say what was lost.
		r.lost = append(r.lost, r.world.GoneNames()...)
	}
	r.silent = false
	for _, lost := range s.LostHistory {
		name := filepath.Base(lost.Path)
		if r.lost = append(r.lost, name); r.world.LostNothing(name) {
			r.t.Errorf("lost_history lists %s, and all its rows are there", name)
		}
	}
}

// sum returns how many rows a bucket has, of all reasons.
func (r *worldRun) sum(bucket json.RawMessage) (rows int64) {
	reasons := map[string]int64{}
	if bucket == nil || json.Unmarshal(bucket, &rows) == nil {
		return rows
	}
	if err := json.Unmarshal(bucket, &reasons); err != nil {
		r.t.Fatal(err)
	}
	for _, n := range reasons {
		rows += n
	}
	return rows
}

// command returns a run of the program with the flags that all have.
func (r *worldRun) command(words ...string) (c *exec.Cmd, stdout, stderr *bytes.Buffer) {
	words = append(words, "--quiet", "--json", "--state", r.state)
	if r.inBucket {
		bucket := sources.Scheme + filepath.Base(r.dir)
		for i, word := range words {
			switch {
			case word == "export":
				words[i] = bucket + "/export"
			case strings.HasSuffix(word, "persons.jsonl"):
				words[i] = bucket + "/persons.jsonl"
			}
		}
	}
	if words[0] != "status" {
		words = append(words, "--max-rejects", "0", "--rate", "1000", "--concurrency", strconv.Itoa(worldConcurrency))
	}
	c = exec.Command(r.program, words...)
	c.Dir = r.dir
	c.Env = append(os.Environ(), bucketsVariable+"="+filepath.Dir(r.dir), "CUSTOMERIO_TRACK_URL="+r.url, "CUSTOMERIO_SITE_ID="+canarySite,
		"CUSTOMERIO_API_KEY="+canaryKey, "GORACE=atexit_sleep_ms=20")
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	c.Stdout, c.Stderr = stdout, stderr
	return c, stdout, stderr
}

// stop kills or terminates a run after some requests or some time.
func (r *worldRun) stop(c *exec.Cmd, how worlds.Ending) {
	after := r.box.Stats().Requests + r.dice.Int64N(8)
	deadline := time.Now().Add(time.Duration(50+r.dice.IntN(250)) * time.Millisecond)
	for r.box.Stats().Requests < after && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if how == worlds.Killed {
		_ = c.Process.Kill()
	} else {
		_ = c.Process.Signal(syscall.SIGTERM)
	}
}
