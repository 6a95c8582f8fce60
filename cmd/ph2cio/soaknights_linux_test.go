package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
)

// TestSoakNights lets an inbox grow night after night by a new file and by what is appended to an old one, and
// syncs it through temporary faults. Some runs are killed and typed again, and some nights end with a retry of
// what was rejected. In the end each event is stored once. Neither memory nor open files grow from night to
// night, each night adds as much to the state as the others do, and nothing else is left on disk.
//
// PH2CIO_SOAK_NIGHTS is the number of nights.
func TestSoakNights(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	n := newSoakNights(t)
	count := settingOr(t, "PH2CIO_SOAK_NIGHTS", 4)
	for night := range count {
		n.night(night)
	}
	n.fail(0, false)
	n.run("retry", "--yes", "--merges")
	n.checkIdle()
	n.checkEvents()
	n.checkGrowth()
	if left := names(t, n.tmp); len(left) > 0 {
		t.Errorf("the runs have left %q", left)
	}
	if diff := cmp.Diff([]string{"lock", "state.db"}, names(t, n.state)); diff != "" {
		t.Errorf("the state directory, want -, got +:\n%s", diff)
	}
}

// soakNights is an inbox, the workspace that gets its rows, and what each night has used.
type soakNights struct {
	*killTrials
	tmp    string
	nights []most  // what the runs of each night used
	after  []int64 // bytes of state after each night
	kills  int
}

func newSoakNights(t *testing.T) *soakNights {
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	n := &soakNights{killTrials: newKilling(t, program, "", 16), tmp: t.TempDir()}
	n.box = sandbox.New(sandbox.Options{Limits: sandbox.Limits{KeptEvents: 1 << 30, KeptIDs: 1 << 30, KeptRequests: 1}})
	server, err := n.box.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	n.url, n.dir, n.state = server.URL(), t.TempDir(), filepath.Join(t.TempDir(), "state")
	return n
}

// fail sets the faults of a night, with events that are refused or without.
func (n *soakNights) fail(seed uint64, refuses bool) {
	faults := sandbox.Faults{Delay: sandbox.Duration(2 * time.Millisecond), Answers: twoPercent(seed)}
	if refuses {
		faults.Refuse = []sandbox.Refusal{{Match: refusedName, Reason: "invalid", Message: "not that one"}}
	}
	n.setFaults(faults)
}

// night adds rows to the inbox and syncs them. Every third night a run is killed, every fourth refuses events,
// and the next one retries them.
func (n *soakNights) night(number int) {
	n.append(fmt.Sprintf("inbox/%03d.jsonl", number), uint64(100+2*number))
	n.append("inbox/grows.jsonl", uint64(101+2*number))
	n.fail(uint64(number+1), number%4 == 1)
	began := time.Now()
	night := most{}
	words := []string{"sync", "--first-run", "--recent", "send", "inbox"}
	if number%3 == 1 {
		n.typed = words
		if killed, _ := n.killWhen(n.requestsFromNow(1 + n.dice.Int64N(40))); killed {
			n.kills++
		}
	}
	night.add(n.run(words...))
	if number%4 == 2 {
		night.add(n.run("retry", "--yes", "--merges"))
	}
	n.nights, n.after = append(n.nights, night), append(n.after, bytesIn(n.state))
	n.t.Logf("night %d took %.1f s, %d kills until now: at most %s; %d bytes of state after it",
		number+1, time.Since(began).Seconds(), n.kills, night, n.after[number])
	if number%10 == 9 {
		n.checkIdle()
	}
}

// append appends rows to a file. All files have the same users, and each its own visitors.
func (n *soakNights) append(name string, seed uint64) {
	path := filepath.Join(n.dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err != nil {
		n.t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = synthetic.Write(file, synthetic.Options{Rows: 2500, People: 400, Seed: seed})
	}
	if err != nil {
		n.t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		n.t.Fatal(err)
	}
}

// run runs a command to its end and returns the most that it has used.
func (n *soakNights) run(words ...string) most {
	n.t.Helper()
	c, out := n.commandIn(n.dir, words...)
	c.Env = append(c.Env, "TMPDIR="+n.tmp)
	if err := c.Start(); err != nil {
		n.t.Fatal(err)
	}
	u := watchProcess(c, n.box, n.state)
	if code := exitCodeOf(<-u.ended); code != 0 && code != 3 {
		n.t.Fatalf("%q: exit code %d\n%s", words, code, out)
	}
	return u.whole()
}

// checkIdle runs a sync when nothing is new. It must send nothing, and the state must stay as large as it is.
func (n *soakNights) checkIdle() {
	items, before := n.box.Stats().Items, bytesIn(n.state)
	n.run("sync", "inbox", "--recent", "send")
	if again := n.box.Stats().Items - items; again != 0 {
		n.t.Errorf("%d operations came when nothing was new", again)
	}
	if after := bytesIn(n.state); after > before {
		n.t.Errorf("the state grew from %d to %d bytes when nothing was new", before, after)
	}
}

// checkEvents checks that each event that is to be sent is stored once.
func (n *soakNights) checkEvents() {
	want := eventIDs(n.t, n.program, filepath.Join(n.dir, "inbox"), filepath.Join(n.dir, "operations.jsonl"))
	held := map[string]int{}
	for _, e := range n.box.Events() {
		if held[e.ID]++; held[e.ID] > 1 || !want[e.ID] {
			n.t.Fatalf("event %s is held %d times and to be sent: %v", e.ID, held[e.ID], want[e.ID])
		}
	}
	stats := n.box.Stats()
	n.t.Logf("%d events in %d requests, answered %v, %d kills", len(held), stats.Requests, stats.Statuses, n.kills)
	if len(held) != len(want) {
		n.t.Errorf("%d events are held, want %d", len(held), len(want))
	}
	if faults := stats.Requests - stats.Statuses["200"] - stats.Statuses["207"]; n.kills == 0 || faults == 0 {
		n.t.Errorf("%d kills, answers %v: that is no soak", n.kills, stats.Statuses)
	}
}

// checkGrowth checks that the nights of the second half used no more than those of the first, and added no
// more to the state.
func (n *soakNights) checkGrowth() {
	var all used
	all.split(n.nights)
	all.check(n.t, n.concurrency)
	last := len(n.after) - 1
	early, late := n.after[last/2]-n.after[0], n.after[last]-n.after[last-last/2]
	n.t.Logf("%s; the state grew by %d bytes in the first %d nights after the first one, and by %d in the last %[3]d", &all, early, last/2, late)
	if late > early*5/4+1<<20 {
		n.t.Error("the state has grown faster and faster")
	}
}
