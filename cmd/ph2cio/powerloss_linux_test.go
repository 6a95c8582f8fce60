package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"maps"
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

	"ph2cio/internal/sandbox"
)

// TestPowerLoss records each change that a run makes to its files. Then it rebuilds, for the moment after
// each of them, the files that a power loss may have left, with a sandbox that has taken what the first one
// had taken by then, and runs the same command again. It must end as the undisturbed run ended: no event is
// lost, only requests that were under way are repeated, the counts are right, and the state is not called
// damaged.
//
// The rules for what may be left: content is safe once its file was synced. What was written since may all be
// there or all be missing; the end of it may be missing; the last write may be torn; the file may have its
// new size and zeros for content. A name is safe once its directory was synced, as POSIX says, or in a second
// variant once the file or its directory was, as on ext4.
func TestPowerLoss(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	refused := sandbox.Faults{NoDedup: true, Delay: sandbox.Duration(2 * time.Millisecond), Refuse: []sandbox.Refusal{
		{Match: refusedName, Reason: "invalid", Message: "not that one"},
		{Contains: `"action":"identify","identifiers":{"id":"user_7"}`, Reason: "invalid", Message: "nor that one"},
	}}
	mended := refused
	mended.Refuse = nil
	backfill := []string{"backfill", "--yes", "export"}
	sync := []string{"sync", "--first-run", "--recent", "send", "export"}

	for name, before := range map[string]func(*powerLoss){
		"a backfill": func(p *powerLoss) {
			p.answer(refused)
			p.grow("export/a.jsonl", syntheticRows(t, 700, 11))
			p.typed = backfill
		},
		"a backfill that is resumed": func(p *powerLoss) {
			p.answer(refused)
			p.grow("export/a.jsonl", syntheticRows(t, 700, 11))
			p.typed = backfill
			p.killAfter(10)
		},
		"the second night": func(p *powerLoss) {
			p.answer(refused)
			p.grow("export/a.jsonl", syntheticRows(t, 400, 11))
			p.grow("export/a.jsonl", eventsOf(visitor, "2026-03-01T11:00:00Z"))
			p.typed = sync
			p.complete()
			p.grow("export/b.jsonl", syntheticRows(t, 400, 13))
			p.grow("export/b.jsonl", linksOfVisitors())
		},
		"a retry": func(p *powerLoss) {
			p.answer(refused)
			p.grow("export/a.jsonl", syntheticRows(t, 700, 11))
			p.grow("export/a.jsonl", eventsOf(user, "yesterday"))
			p.typed = backfill
			p.complete()
			p.answer(mended)
			text, err := os.ReadFile(filepath.Join(p.dir, "export", "a.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			p.write("export/a.jsonl", strings.Replace(string(text), eventsOf(user, "yesterday"), eventsOf(user, "2026-03-01T11:00:00Z"), 1))
			p.typed = []string{"retry", "--yes"}
		},
		"a backfill of standard input": func(p *powerLoss) {
			p.answer(refused)
			p.grow("export/a.jsonl", syntheticRows(t, 700, 11))
			p.typed = []string{"backfill", "--yes", "-"}
			p.stdin = "export/a.jsonl"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, exec.Command(strace(os.DevNull)[0], strace(os.DevNull)[1:]...))
			p := newPowerLoss(t)
			before(p)
			p.record()
			p.loseAtEachStep()
		})
	}
}

// powerLossSteps returns how many moments each subtest tries: few in the suite, PH2CIO_POWERLOSS in a soak. A
// negative number stands for all.
func powerLossSteps(t *testing.T) int {
	switch text := testSettings["PH2CIO_POWERLOSS"]; text {
	case "":
		return 4
	case "all":
		return -1
	default:
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
}

// powerLoss is one command that loses the power at many moments. The embedded killTrials runs it.
type powerLoss struct {
	*killTrials
	disk  string // the directory that loses the power: the state and the temporary files are in it
	stdin string // a file that is piped into the command; none if empty
	inbox *inbox

	base  tree       // the disk before the recorded run
	calls []fileCall // of the recorded run
	steps []int      // the calls that change the disk
	taken []taken    // what the sandbox took before the recorded run and during it
	want  ended
}

func newPowerLoss(t *testing.T) *powerLoss {
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	p := &powerLoss{killTrials: newKilling(t, program, "", 4), inbox: &inbox{}}
	p.dir = t.TempDir()
	p.disk = filepath.Join(p.dir, "disk")
	p.state = filepath.Join(p.disk, "state")
	if err := os.MkdirAll(filepath.Join(p.disk, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(p.inbox, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	p.url = server.URL()
	p.use(sandbox.Faults{})
	return p
}

// use replaces the sandbox by an empty one.
func (p *powerLoss) use(faults sandbox.Faults) {
	p.box = sandbox.New(sandbox.Options{})
	if err := p.inbox.use(p.box, faults); err != nil {
		p.t.Fatal(err)
	}
}

// answer lets the sandbox answer with these faults from now on.
func (p *powerLoss) answer(faults sandbox.Faults) {
	if err := p.inbox.setFaults(faults); err != nil {
		p.t.Fatal(err)
	}
}

// exec returns the command, run by another program if its words are given.
func (p *powerLoss) exec(under ...string) (*exec.Cmd, *bytes.Buffer) {
	c, out := p.command()
	if p.stdin != "" {
		text, err := os.ReadFile(filepath.Join(p.dir, p.stdin))
		if err != nil {
			p.t.Fatal(err)
		}
		c.Stdin = bytes.NewReader(text)
	}
	if len(under) > 0 {
		inner := c
		c = p.under(append(under, inner.Args...))
		c.Dir, c.Env, c.Stdin, c.Stdout, c.Stderr = inner.Dir, inner.Env, inner.Stdin, out, out
	}
	c.Env = append(c.Env, "TMPDIR="+filepath.Join(p.disk, "tmp"))
	return c, out
}

// killAfter runs the command and kills it after this number of requests.
func (p *powerLoss) killAfter(requests int) {
	p.t.Helper()
	full := p.inbox.limit(requests)
	defer p.inbox.noLimit()
	c, out := p.exec()
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-full:
	case err := <-ended:
		p.t.Fatalf("ended with %v before it was killed\n%s", err, out)
	}
	if err := c.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	<-ended
}

// record runs the command to its end and records what it does to the disk.
func (p *powerLoss) record() {
	p.t.Helper()
	var err error
	if p.base, err = loadTree(p.disk); err != nil {
		p.t.Fatal(err)
	}
	trace := filepath.Join(p.t.TempDir(), "trace")
	earlier := p.box.Stats().Requests
	c, out := p.exec(strace(trace)...)
	if code := exitCodeOf(c.Run()); code != 0 && code != 3 {
		p.t.Fatalf("exit code %d\n%s", code, out)
	}
	if n := p.box.Stats().Requests - earlier; n < 10 {
		p.t.Fatalf("%d requests are too few to lose the power between", n)
	}
	p.calls, p.taken = readTrace(p.t, trace), p.inbox.taken
	p.want = p.ended()
	p.checkRecording()
}

// checkRecording finds the calls that change the disk, and checks that they lead to the files that are there.
func (p *powerLoss) checkRecording() {
	p.t.Helper()
	d := newDisk(p.disk, p.base)
	for i := range p.calls {
		changed, err := d.apply(i, &p.calls[i])
		if err != nil {
			p.t.Fatal(err)
		}
		if changed {
			p.steps = append(p.steps, i)
		}
	}
	there, err := loadTree(p.disk)
	if err == nil {
		err = there.differs(d.tree(&loss{}))
	}
	if err != nil {
		p.t.Fatalf("the recording is not what the run did: %v", err)
	}
}

// moment is a power loss: after which call, what it destroys, and how many requests had been taken by then.
type moment struct {
	call  int
	lost  loss
	taken int
}

// moments returns all moments that leave different files or a different sandbox.
func (p *powerLoss) moments() (all []moment) {
	d, step := newDisk(p.disk, p.base), 0
	seed, seen := maphash.MakeSeed(), map[[2]uint64]bool{}
	for i := range p.calls {
		if changed, err := d.apply(i, &p.calls[i]); err != nil || !changed {
			continue // there was no error when it was recorded
		}
		for _, lost := range d.losses() {
			sum := d.tree(&lost).sum(seed)
			for _, taken := range p.takenAfter(step) {
				if key := [2]uint64{sum, uint64(taken)}; !seen[key] {
					seen[key] = true
					all = append(all, moment{i, lost, taken})
				}
			}
		}
		step++
	}
	return all
}

// takenAfter returns how many requests the sandbox had taken at least, and how many at most, if the power is
// lost after a step and before the next: those before the step began, and those before the next one ended.
func (p *powerLoss) takenAfter(step int) []int {
	upTo := func(at time.Time) (n int) {
		for n < len(p.taken) && !p.taken[n].at.After(at) {
			n++
		}
		return n
	}
	least, most := upTo(p.calls[p.steps[step]].began), len(p.taken)
	if step+1 < len(p.steps) {
		most = upTo(p.calls[p.steps[step+1]].ended)
	}
	return slices.Compact([]int{least, max(least, most)})
}

// loseAtEachStep tries the moments, or as many of them as powerLossSteps says.
func (p *powerLoss) loseAtEachStep() {
	all, steps := p.moments(), powerLossSteps(p.t)
	stride := 1
	if steps > 0 {
		stride = max(1, len(all)/steps)
	}
	d, next := newDisk(p.disk, p.base), 0
	tried, most := 0, int64(0)
	for i := p.dice.IntN(stride); i < len(all); i += stride {
		m := &all[i]
		for ; next <= m.call; next++ {
			if _, err := d.apply(next, &p.calls[next]); err != nil {
				p.t.Fatal(err)
			}
		}
		again, err := p.lose(d.tree(&m.lost), m.taken)
		if err != nil {
			p.t.Errorf("power lost after %s\n%s; %d of %d requests taken:\n%v", p.calls[m.call].text, &m.lost, m.taken, len(p.taken), err)
			if stride > 1 {
				break
			}
		}
		tried, most = tried+1, max(most, again)
	}
	p.t.Logf("%d steps, %d of %d moments tried; at most %d operations came again", len(p.steps), tried, len(all), most)
}

// lose rebuilds what a power loss has left after this number of requests, runs the command again, and
// compares how it ends. It returns how many operations were repeated.
func (p *powerLoss) lose(left tree, taken int) (again int64, err error) {
	if err := left.restore(p.disk); err != nil {
		return 0, err
	}
	p.use(p.inbox.faults)
	if err := deliver(p.taken[:taken], p.box); err != nil {
		return 0, err
	}
	p.answer(p.inbox.faults)
	c, out := p.exec()
	if code := exitCodeOf(c.Run()); code != 0 && code != 3 {
		return 0, fmt.Errorf("exit code %d\n%s", code, out)
	}
	got := p.ended()
	again = got.items - p.want.items
	var wrong []error
	if most := int64(p.concurrency * killedBatch); again < 0 || again > most {
		wrong = append(wrong, fmt.Errorf("%d operations came again, want at most %d", again, most))
	}
	wrong = append(wrong, p.want.differences(&got)...)
	if wrong != nil {
		wrong = append(wrong, fmt.Errorf("what was left: %v", slices.Sorted(maps.Keys(left))), errors.New(out.String()))
	}
	return again, errors.Join(wrong...)
}

// ended is what the sandbox, the state and the file of rejects hold after a run.
type ended struct {
	held, rejects []string
	status        status
	items         int64
}

// differences returns what is not as it should be, except the number of operations. If the run had ended
// before the power loss, the same retry is a further run, which finds nothing to send, and it does not count.
func (want *ended) differences(got *ended) (all []error) {
	runs := got.status.runs[:min(len(got.status.runs), len(want.status.runs))]
	for _, one := range []struct {
		what      string
		want, got any
	}{
		{"what is held", want.held, got.held}, {"rejects", want.rejects, got.rejects},
		{"status", want.status.state, got.status.state}, {"runs", want.status.runs, runs},
	} {
		if diff := cmp.Diff(one.want, one.got); diff != "" {
			all = append(all, fmt.Errorf("%s, want -, got +:\n%s", one.what, diff))
		}
	}
	return all
}

// ended returns what a run has left.
func (p *powerLoss) ended() (e ended) {
	e.held, e.items = p.held(), p.box.Stats().Items
	text, err := os.ReadFile(filepath.Join(p.state, "rejects.jsonl"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.t.Fatal(err)
	}
	e.rejects = strings.Split(string(copyName.ReplaceAll(text, nil)), "\n")
	slices.Sort(e.rejects)
	c := exec.Command(p.program, "status", "--state", p.state, "--json")
	c.Dir = p.dir
	out, err := c.Output()
	if err == nil {
		e.status, err = readStatus(copyName.ReplaceAll(out, nil))
	}
	if err != nil {
		p.t.Errorf("status: %v\n%s", err, out)
	}
	return e
}

// copyName matches the name of a copy of standard input, which is random.
var copyName = regexp.MustCompile(`ph2cio-stdin-[0-9a-f]+-[0-9]+`)

// status is what the status command says of a state.
type status struct {
	state map[string]any
	runs  []map[string]any // the oldest first
}

// readStatus reads the output of the status command. It leaves out times, and the summary, which is that of
// the last command: one that resumed a run has sent less itself.
func readStatus(text []byte) (s status, err error) {
	var all struct{ States []json.RawMessage }
	var one struct{ Runs []map[string]any }
	if err := json.Unmarshal(text, &all); err != nil || len(all.States) != 1 {
		return s, fmt.Errorf("%d states, %w", len(all.States), err)
	}
	err = errors.Join(json.Unmarshal(all.States[0], &s.state), json.Unmarshal(all.States[0], &one))
	delete(s.state, "runs")
	delete(s.state, "lag_seconds")
	delete(s.state, "next")
	for _, run := range one.Runs {
		for _, name := range []string{"began", "saved", "ended", "summary"} {
			delete(run, name)
		}
		s.runs = append(s.runs, run)
	}
	slices.Reverse(s.runs)
	return s, err
}
