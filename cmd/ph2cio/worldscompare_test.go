package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ph2cio/internal/sandbox"
)

// worldEvent is an event of a workspace.
type worldEvent struct {
	id      string
	version int    // of the row that it is made of
	text    string // all that is compared: action, name, person, ID, time and data
}

// events returns the events of the workspace by the number of the row that they are made of.
func (r *worldRun) events() map[int]worldEvent {
	all := map[int]worldEvent{}
	for _, e := range r.box.Events() {
		var data struct{ N, V int }
		if err := json.Unmarshal(e.Attributes, &data); err != nil {
			r.t.Fatal(err)
		}
		if _, twice := all[data.N]; twice {
			r.t.Errorf("event %d is there twice", data.N)
		}
		text := fmt.Sprintf("%s %s of %s %s at %d: %s", e.Action, e.Name, e.PersonID, e.ID, e.Timestamp, e.Attributes)
		all[data.N] = worldEvent{id: e.ID, version: data.V, text: text}
	}
	return all
}

// arrived returns the versions of the events that have arrived.
func (r *worldRun) arrived() map[int]int {
	all := map[int]int{}
	for number, e := range r.events() {
		all[number] = e.version
	}
	return all
}

// compare compares the workspace with one that a single backfill has filled.
func (r *worldRun) compare() {
	truth := filepath.Join(r.dir, "truth.jsonl")
	if err := r.world.WriteTruth(truth); err != nil {
		r.t.Fatal(err)
	}
	clean := &worldRun{t: r.t, program: r.program, dir: r.dir, state: filepath.Join(r.dir, "clean")}
	clean.openBox(sandbox.Faults{})
	c, stdout, stderr := clean.command(append([]string{"backfill", "--yes", truth}, r.world.FinalFlags()...)...)
	if code := exitCodeOf(c.Run()); code != 0 && code != 3 {
		r.t.Fatalf("the clean backfill: exit code %d\n%s%s", code, stdout, stderr)
	}
	want, got := clean.events(), r.events()
	r.leaveOutLost(want, got)
	if diff := cmp.Diff(textsOf(want), textsOf(got)); diff != "" {
		r.t.Errorf("events: one backfill -, nights +:\n%s", diff)
	}
	if diff := cmp.Diff(profilesIn(clean.box), profilesIn(r.box)); diff != "" {
		r.t.Errorf("profiles: one backfill -, nights +:\n%s", diff)
	}
	r.compareCorrections(got)
	r.checkNothingWaits()
	r.checkArrivals()
}

// leaveOutLost removes the events that are lost from those that are wanted, and checks that a night has
// said so.
func (r *worldRun) leaveOutLost(want, got map[int]worldEvent) {
	for number, e := range want {
		files := r.world.Gone(number)
		if _, arrived := got[number]; arrived || files == nil {
			continue
		}
		delete(want, number)
		if !slices.ContainsFunc(files, func(name string) bool { return slices.Contains(r.lost, name) }) {
			r.t.Errorf("event %d was lost with %v, and lost_history never listed it: %s", number, files, e.text)
		}
	}
}

// textsOf returns what is compared of events, sorted.
func textsOf(events map[int]worldEvent) (all []string) {
	for _, e := range events {
		all = append(all, e.text)
	}
	slices.Sort(all)
	return all
}

// profilesIn returns the identifiers and attributes of all profiles, sorted.
func profilesIn(box *sandbox.Sandbox) (all []string) {
	for _, p := range box.People() {
		var attributes []string
		for name, text := range p.Attributes {
			attributes = append(attributes, fmt.Sprintf("%s=%s", name, text))
		}
		slices.Sort(attributes)
		all = append(all, fmt.Sprintf("%s %s %s", p.ID, p.Email, strings.Join(attributes, " ")))
	}
	slices.Sort(all)
	return all
}

// readRejects takes the late corrections from rejects.jsonl, which lists those of the last run.
func (r *worldRun) readRejects() {
	text, err := os.ReadFile(filepath.Join(r.state, "rejects.jsonl"))
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var reject struct {
			Reason string
			ID     string `json:"event_id"`
		}
		if err := json.Unmarshal([]byte(line), &reject); err != nil {
			r.t.Fatal(err)
		}
		if reject.Reason == "corrected_late" {
			r.correctedLate = append(r.correctedLate, reject.ID)
		}
	}
}

// compareCorrections compares the events that were corrected after they were sent with those that are
// listed so.
func (r *worldRun) compareCorrections(got map[int]worldEvent) {
	want := []string{}
	for number, e := range got {
		if r.world.CorrectedLate(number) {
			want = append(want, e.id)
			r.world.Note("event %d is %s, corrected late", number, e.id)
		}
	}
	slices.Sort(want)
	slices.Sort(r.correctedLate)
	if diff := cmp.Diff(want, slices.Compact(r.correctedLate), cmpopts.EquateEmpty()); diff != "" {
		r.t.Errorf("events corrected after they were sent -, listed so in rejects.jsonl +:\n%s", diff)
	}
}

// checkNothingWaits checks that status counts nothing that waits, if there are no visitors.
func (r *worldRun) checkNothingWaits() {
	c, stdout, stderr := r.command("status")
	if err := c.Run(); err != nil {
		r.t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	var status struct {
		States []struct {
			Waiting    struct{ Rows, Visitors int }
			MergesOpen int `json:"merges_open"`
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &status); err != nil {
		r.t.Fatalf("%v\n%s", err, stdout)
	}
	if state := status.States[0]; r.world.NobodyWaits() && state.Waiting.Rows+state.Waiting.Visitors+state.MergesOpen != 0 {
		r.t.Errorf("%+v and %d merges wait, though all could be sent", state.Waiting, state.MergesOpen)
	}
}

// checkArrivals checks that no more events came twice than can have been under way when runs were killed.
func (r *worldRun) checkArrivals() {
	again := 0
	for _, n := range r.box.Arrivals() {
		again += n - 1
	}
	if most := r.kills * worldConcurrency * worldBatch; again > most {
		r.t.Errorf("%d events came again after %d kills, want at most %d", again, r.kills, most)
	}
}
