package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
)

// TestKilledSecondTry kills commands that send what the workspace rejected at first, merges among it, and rows
// that were repaired.
func TestKilledSecondTry(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	refused := sandbox.Faults{NoDedup: true, Delay: sandbox.Duration(5 * time.Millisecond), Refuse: []sandbox.Refusal{
		{Match: refusedName, Reason: "invalid", Message: "not that one"},
		{Contains: `"action":"identify","identifiers":{"id":"user_7"}`, Reason: "invalid", Message: "nor that one"},
		{Contains: `"action":"merge"`, Reason: "invalid", Message: "nor merges"},
	}}
	mended := refused
	mended.Refuse = nil
	for _, words := range [][]string{{"retry", "--yes", "--merges"}, {"backfill", "--yes", "--restart", "export"}} {
		t.Run(words[0], func(t *testing.T) {
			runKilled(t, []night{
				{typed: []string{"backfill", "--yes", "export"}, prepare: func(k *killTrials) {
					k.setFaults(refused)
					k.grow("export/a.jsonl", syntheticRows(t, 1500, 11))
					k.grow("export/a.jsonl", eventsOf(user, "yesterday"))
				}},
				{typed: words, killed: true, prepare: func(k *killTrials) {
					k.setFaults(mended)
					text, err := os.ReadFile(filepath.Join(k.dir, "export", "a.jsonl"))
					if err != nil {
						t.Fatal(err)
					}
					k.write("export/a.jsonl", strings.Replace(string(text), eventsOf(user, "yesterday"), eventsOf(user, "2026-03-01T11:00:00Z"), 1))
				}, sent: "Looked Around"},
			})
		})
	}
}

// TestKilledNights kills a sync in each of four nights. In the first there are visitors who are not
// identified; in the second a file is new and another has grown; in the third the visitors are identified, so
// that a file of the first night is read again; in the fourth emails change hands, attributes are removed, and
// there is a persons export.
func TestKilledNights(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	takes := sandbox.Faults{NoDedup: true, Delay: sandbox.Duration(5 * time.Millisecond), Refuse: []sandbox.Refusal{
		{Match: refusedName, Reason: "invalid", Message: "not that one"},
	}}
	sync := []string{"sync", "--first-run", "--recent", "send", "export"}
	runKilled(t, []night{
		{typed: sync, killed: true, prepare: func(k *killTrials) {
			k.setFaults(takes)
			k.grow("export/a.jsonl", syntheticRows(t, 700, 11))
			k.grow("export/a.jsonl", eventsOf(visitor, "2026-03-01T11:00:00Z"))
			k.grow("export/a.jsonl", peopleTwice())
		}},
		{typed: sync, killed: true, prepare: func(k *killTrials) {
			k.grow("export/a.jsonl", syntheticRows(t, 300, 12))
			k.grow("export/b.jsonl", syntheticRows(t, 700, 13))
		}},
		{typed: sync, killed: true, prepare: func(k *killTrials) {
			k.grow("export/c.jsonl", linksOfVisitors())
			k.grow("export/c.jsonl", mergesOfPeople())
			k.grow("export/c.jsonl", attributesOfPeople())
			k.grow("export/b.jsonl", syntheticRows(t, 300, 14))
		}, sent: "Looked Around"},
		{typed: append(sync[:len(sync):len(sync)], "--unset", "remove", "--persons", "persons.jsonl"), killed: true, prepare: func(k *killTrials) {
			k.grow("export/c.jsonl", changesOfPeople())
			k.grow("export/b.jsonl", syntheticRows(t, 300, 15))
			k.write("persons.jsonl", personsExport())
		}},
	})
}

// night is the files that a run finds, and the command.
type night struct {
	prepare func(*killTrials)
	typed   []string
	killed  bool
	sent    string // an event that it sends and no night before it has
}

// left is the result of a night.
type left struct {
	items, requests int64      // that have come in it
	phases          *runPhases // of a night that is killed; otherwise it has none
	counts          killCounts
	held, rejects   []string
}

// runKilled runs some nights without kills, and then the same nights with runs that are killed and typed
// again, until there were as many kills as wanted. Each night must end like the one without kills, and for
// each kill at most as many operations are repeated as may be under way.
func runKilled(t *testing.T, nights []night) {
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	quiet := newKilling(t, program, "", 16)
	quiet.beginIn()
	var want []left
	for _, n := range nights {
		l := quiet.pass(n)
		if !n.killed {
			l.phases = &runPhases{}
		}
		want = append(want, l)
	}
	checkNights(t, nights, want)
	missing := func(l left) bool { return l.counts.missing(l.phases) }
	for killed, trials := 0, 0; trials < 5*kills(t) && (killed < kills(t) || slices.ContainsFunc(want, missing)); trials++ {
		k := newKilling(t, program, "", 16)
		k.dice = quiet.dice
		k.beginIn()
		for i, n := range nights {
			killed += k.passKilled(n, want[i])
		}
	}
	for i, n := range nights {
		if !n.killed {
			continue
		}
		want[i].counts.check(t, fmt.Sprintf("night %d, %q", i+1, n.typed), want[i].phases)
	}
}

// checkNights checks that each night that is killed had enough requests, and that the events that a night is
// for were sent in that night and not before.
func checkNights(t *testing.T, nights []night, want []left) {
	for i, n := range nights {
		if n.killed && want[i].requests < 10 {
			t.Fatalf("night %d: %d requests, too few to be killed at", i+1, want[i].requests)
		}
		if n.sent == "" {
			continue
		}
		for j, held := range want[:i+1] {
			if found := strings.Contains(strings.Join(held.held, "\n"), n.sent); found != (j == i) {
				t.Fatalf("night %d: %s is held: %v", j+1, n.sent, found)
			}
		}
	}
}

// beginIn makes an empty workspace, an empty state, and a directory for commands.
func (k *killTrials) beginIn() {
	k.begin()
	k.dir = k.t.TempDir()
}

// pass runs a night to its end, and then once more, when nothing is left to send.
func (k *killTrials) pass(n night) left {
	n.prepare(k)
	return k.end(n, k.box.Stats())
}

func (k *killTrials) end(n night, before sandbox.Stats) left {
	k.typed = n.typed
	phases := k.complete()
	l := left{phases: phases, counts: killCounts{}, held: k.held(), rejects: k.rejectsIn()}
	after := k.box.Stats()
	l.items, l.requests = after.Items-before.Items, after.Requests-before.Requests
	k.complete()
	if again := k.box.Stats().Items - after.Items; again != 0 {
		k.t.Errorf("%s: %d operations came again after the end", n.typed[0], again)
	}
	return l
}

// complete runs the program to its end.
func (k *killTrials) complete() *runPhases {
	c, out := k.command()
	log := logTo(c)
	if code := exitCodeOf(c.Run()); code != 0 && code != 3 {
		k.t.Fatalf("%s: exit code %d\n%s%s", k.typed[0], code, out, log)
	}
	return log.runPhases()
}

// passKilled runs a night to its end after up to three kills, and returns how many.
func (k *killTrials) passKilled(n night, want left) (killed int) {
	n.prepare(k)
	k.typed, k.furthest, k.counts = n.typed, 0, want.counts
	before := k.box.Stats()
	for n.killed && killed < 1+k.dice.IntN(3) && k.kill(want.phases) {
		killed++
	}
	got := k.end(n, before)
	again := got.items - want.items
	k.t.Logf("%s killed %d times; %d operations came again", n.typed[0], killed, again)
	if most := int64(killed * k.concurrency * killedBatch); again < 0 || again > most {
		k.t.Errorf("%d operations came again, want at most %d", again, most)
	}
	if diff := cmp.Diff(want.held, got.held); diff != "" {
		k.t.Fatalf("what is held, want -, got +:\n%s", diff)
	}
	if diff := cmp.Diff(want.rejects, got.rejects); diff != "" {
		k.t.Fatalf("rejects, want -, got +:\n%s", diff)
	}
	return killed
}

// rejectsIn returns the rejects without the name of the directory in them.
func (k *killTrials) rejectsIn() (lines []string) {
	for _, line := range k.rejects() {
		lines = append(lines, strings.ReplaceAll(line, k.dir, "DIR"))
	}
	return lines
}

func (k *killTrials) setFaults(f sandbox.Faults) {
	if err := k.box.SetFaults(f); err != nil {
		k.t.Fatal(err)
	}
}

func (k *killTrials) write(name, text string) {
	path := filepath.Join(k.dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		k.t.Fatal(err)
	}
}

// grow appends rows to a file, which it creates if needed.
func (k *killTrials) grow(name, rows string) {
	text, err := os.ReadFile(filepath.Join(k.dir, name))
	if err != nil && !os.IsNotExist(err) {
		k.t.Fatal(err)
	}
	k.write(name, string(text)+rows)
}

func syntheticRows(t *testing.T, rows int64, seed uint64) string {
	var text bytes.Buffer
	if _, err := synthetic.Write(&text, synthetic.Options{Shape: synthetic.JSONL, Rows: rows, People: 120, Seed: seed, Invalid: 1}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func user(i int) string { return fmt.Sprintf("user_%d", i) }

func visitor(i int) string { return fmt.Sprintf("019ca7a0-1111-7000-8000-%012d", i) }

const visitors = 60

// eventsOf returns three events of each of some people, at a time.
func eventsOf(name func(int) string, at string) string {
	var rows strings.Builder
	for i := range 3 * visitors {
		fmt.Fprintf(&rows, `{"uuid":"019ca7a0-0000-7000-8000-%012d","event":"Looked Around","distinct_id":%q,"timestamp":%q,"properties":{"$process_person_profile":false}}`+"\n",
			i, name(i%visitors), at)
	}
	return rows.String()
}

// twice is how many people have two profiles until mergesOfPeople merges them.
const twice = 30

// peopleTwice returns rows of people with two IDs, the first of which has an email.
func peopleTwice() string {
	var rows strings.Builder
	for i := range twice {
		fmt.Fprintf(&rows, `{"uuid":"019ca7a0-3333-7000-8000-%012d","event":"$set","distinct_id":"old_%d","timestamp":"2026-03-01T08:00:00Z","properties":{"$set":{"email":"twice.%d@example.com"}}}`+"\n", i, i, i)
		fmt.Fprintf(&rows, `{"uuid":"019ca7a0-4444-7000-8000-%012d","event":"Opened","distinct_id":"new_%d","timestamp":"2026-03-01T09:00:00Z","properties":{}}`+"\n", i, i)
	}
	return rows.String()
}

// mergesOfPeople returns rows that merge the two profiles of each person. The profile that stays gets the
// email of the other one.
func mergesOfPeople() string {
	var rows strings.Builder
	for i := range twice {
		fmt.Fprintf(&rows, `{"uuid":"019ca7a0-5555-7000-8000-%012d","event":"$merge_dangerously","distinct_id":"new_%d","timestamp":"2026-03-04T08:00:00Z","properties":{"alias":"old_%d"}}`+"\n", i, i, i)
	}
	return rows.String()
}

// linksOfVisitors returns rows that identify the visitors.
func linksOfVisitors() string {
	var rows strings.Builder
	for i := range visitors {
		fmt.Fprintf(&rows, `{"uuid":"019ca7a0-2222-7000-8000-%012d","event":"$identify","distinct_id":"known_%d","timestamp":"2026-03-03T08:00:00Z","properties":{"$anon_distinct_id":%q}}`+"\n",
			i, i, visitor(i))
	}
	return rows.String()
}

// attributesOfPeople returns rows that give each of those who were visitors an email and a plan.
func attributesOfPeople() string {
	var rows strings.Builder
	for i := range visitors {
		fmt.Fprintf(&rows, `{"uuid":"019ca7a0-6666-7000-8000-%012d","event":"$set","distinct_id":"known_%d","timestamp":"2026-03-03T09:00:00Z","properties":{"$set":{"plan":"pro","email":"known.%[2]d@example.com"}}}`+"\n", i, i)
	}
	return rows.String()
}

// changesOfPeople returns rows that give each of them the email of the next one, and take the plan away.
func changesOfPeople() string {
	var rows strings.Builder
	for i := range visitors {
		fmt.Fprintf(&rows, `{"uuid":"019ca7a0-7777-7000-8000-%012d","event":"$set","distinct_id":"known_%d","timestamp":"2026-03-05T08:00:00Z","properties":{"$set":{"email":"known.%d@example.com"},"$unset":["plan"]}}`+"\n",
			i, i, (i+1)%visitors)
	}
	return rows.String()
}

// personsExport returns the persons whom peopleTwice has told of, each with an attribute that no row has.
func personsExport() string {
	var lines strings.Builder
	for i := range twice {
		fmt.Fprintf(&lines, `{"team_id":2,"distinct_id":"new_%d","person_id":"019cb84c-2222-7000-8000-%012d","person_distinct_id_version":0,"person_version":1,"_inserted_at":"2026-03-05 09:00:00.000000","created_at":"2026-03-01 00:00:00.000000","properties":{"score":%d}}`+"\n",
			i, i, i)
	}
	return lines.String()
}
