package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
)

// attributeNight is what is new on one night: rows of events, and a persons export.
type attributeNight struct {
	rows    []string
	persons string                                             // the lines of the export; empty for none
	pack    func(persons string) (name string, content []byte) // makes a file of persons; nil for the lines as they are
	sends   int                                                // how many identifies; -1 for any number

	refuse string // Customer.io refuses what contains this
	cut    int    // the sync is stopped after so many requests, and typed again; 0 for no stop
}

// nightWriter makes rows, each a minute after the one before.
type nightWriter struct{ minute int }

// row returns a row of a person with more members, which begin with a comma.
func (w *nightWriter) row(event, id, properties, more string) string {
	w.minute++
	at := time.Date(2026, 3, 1, 8, w.minute, 0, 0, time.UTC).Format(time.RFC3339)
	return fmt.Sprintf(`{"uuid":"01960001-0000-7000-8000-%012d","event":%q,"distinct_id":%q,"timestamp":%q,"created_at":%[4]q,"properties":{%s}%s}`,
		w.minute, event, id, at, properties, more)
}

// set, once, unset and snapshot return rows that change a person's attributes.
func (w *nightWriter) set(id, values string) string { return w.row("$set", id, `"$set":`+values, "") }
func (w *nightWriter) once(id, values string) string {
	return w.row("$set", id, `"$set_once":`+values, "")
}
func (w *nightWriter) unset(id, names string) string {
	return w.row("$set", id, `"$unset":`+names, "")
}
func (w *nightWriter) snapshot(id, values string) string {
	return w.row("Opened", id, "", `,"person_properties":`+values)
}

// TestAttributesOfNightsEndAsOneBackfill changes attributes from night to night, with a sync in each. In the
// end the profiles are those that one backfill of everything makes, the newest persons export included. Each
// night sends just those who changed, and a night with nothing new sends nothing.
func TestAttributesOfNightsEndAsOneBackfill(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	var w *nightWriter
	for name, nights := range map[string]func() []attributeNight{
		"unset": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"pro","city":"Oslo"}`), w.set("user_2", `{"plan":"pro"}`)}, sends: 2},
				{rows: []string{w.unset("user_1", `["plan"]`)}, sends: 1},
			}
		},
		"set once and unset in one row, twice": func() []attributeNight {
			both := func(value string) string {
				return w.row("$set", "user_1", `"$set_once":{"plan":"`+value+`"},"$unset":["plan"]`, "")
			}
			return []attributeNight{
				{rows: []string{both("pro"), w.set("user_1", `{"city":"Oslo"}`)}, sends: 1},
				{rows: []string{both("max")}, sends: 1},
			}
		},
		"unset and set again": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"pro","city":"Oslo"}`)}, sends: 1},
				{rows: []string{w.unset("user_1", `["plan","city"]`)}, sends: 1},
				{rows: []string{w.set("user_1", `{"plan":"max"}`)}, sends: 1},
			}
		},
		"set once after unset": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.once("user_1", `{"plan":"pro"}`)}, sends: 1},
				{rows: []string{w.unset("user_1", `["plan"]`)}, sends: 1},
				{rows: []string{w.once("user_1", `{"plan":"max"}`)}, sends: 1},
				{rows: []string{w.once("user_1", `{"plan":"team"}`)}, sends: 0},
			}
		},
		"a value becomes null": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"pro"}`)}, sends: 1},
				{rows: []string{w.set("user_1", `{"plan":null}`)}, sends: 1},
			}
		},
		"snapshots": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.snapshot("user_1", `{"plan":"pro","city":"Oslo"}`)}, sends: 1},
				{rows: []string{w.snapshot("user_1", `{"plan":"pro"}`)}, sends: 1},
				{rows: []string{w.snapshot("user_1", `{"plan":null,"team":"a"}`)}, sends: 1},
				{rows: []string{w.snapshot("user_1", `{"team":"b"}`)}, sends: 1},
			}
		},
		"a snapshot after changes": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"pro","city":"Oslo"}`)}, sends: 1},
				{rows: []string{w.snapshot("user_1", `{"team":"a"}`)}, sends: 1},
			}
		},
		"a late snapshot": func() []attributeNight {
			late := w.snapshot("user_1", `{"plan":"pro","city":"Oslo"}`)
			return []attributeNight{
				{rows: []string{w.snapshot("user_1", `{"plan":"max"}`)}, sends: 1},
				{rows: []string{late}, sends: 0},
			}
		},
		"two who become one": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.snapshot("user_1", `{"plan":"pro"}`), w.set("anon", `{"city":"Oslo"}`)}, sends: 2},
				{rows: []string{w.row("$identify", "user_1", `"$anon_distinct_id":"anon"`, "")}, sends: -1},
				{rows: []string{w.snapshot("user_1", `{"team":"a"}`)}, sends: 1},
				{rows: []string{w.unset("anon", `["team"]`)}, sends: 1},
			}
		},
		"an attribute is unset in the night of a merge that brings it back": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"pro"}`), w.set("user_2", `{"city":"Oslo","team":"a"}`)}, sends: 2},
				{rows: []string{w.row("$merge_dangerously", "user_1", `"alias":"user_2"`, ""), w.unset("user_1", `["city"]`)}, sends: 2},
				{rows: []string{w.set("user_1", `{"plan":"max"}`)}, sends: 1},
			}
		},
		"an attribute is unset, and a merge brings it back": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"pro"}`), w.set("user_2", `{"city":"Oslo","team":"a"}`)}, sends: 2},
				{rows: []string{w.unset("user_2", `["city"]`), w.set("user_1", `{"city":"Rome","food":"a"}`)}, sends: 2},
				{rows: []string{w.unset("user_1", `["city","food"]`)}, sends: 1},
				{rows: []string{w.set("user_2", `{"food":"b"}`)}, sends: 1},
				{rows: []string{w.row("$merge_dangerously", "user_1", `"alias":"user_2"`, ""), w.unset("user_1", `["food"]`)}, sends: 2},
			}
		},
		"a merge brings an email back": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"email":"x@example.com"}`), w.set("user_2", `{"email":"y@example.com","team":"a"}`)}, sends: 2},
				{rows: []string{w.row("$merge_dangerously", "user_1", `"alias":"user_2"`, ""), w.unset("user_1", `["email"]`)}, sends: -1},
				{rows: []string{w.set("user_3", `{"email":"y@example.com"}`), w.set("user_4", `{"email":"x@example.com"}`)}, sends: -1},
			}
		},
		"a merge brings an email to somebody who had none": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"plan":"pro"}`), w.set("user_2", `{"email":"y@example.com","team":"a"}`)}, sends: 2},
				{rows: []string{w.row("$merge_dangerously", "user_1", `"alias":"user_2"`, ""), w.unset("user_1", `["email"]`)}, sends: -1},
				{rows: []string{w.set("user_3", `{"email":"y@example.com"}`)}, sends: -1},
			}
		},
		"an email is freed and taken in one night by somebody new": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"email":"x@example.com"}`)}, sends: 1},
				{rows: []string{w.set("user_1", `{"email":"y@example.com"}`), w.set("user_2", `{"email":"x@example.com"}`)}, sends: 3},
			}
		},
		"an email is freed and taken in one night by somebody who comes first": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_2", `{"plan":"pro"}`), w.set("user_1", `{"email":"x@example.com"}`)}, sends: 2},
				{rows: []string{w.unset("user_1", `["email"]`), w.set("user_2", `{"email":"x@example.com"}`)}, sends: -1},
			}
		},
		"an email is freed, and taken a night later": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"email":"x@example.com"}`), w.set("user_2", `{"email":"z@example.com"}`)}, sends: 2},
				{rows: []string{w.unset("user_1", `["email"]`)}, sends: 1},
				{rows: []string{w.set("user_2", `{"email":"x@example.com"}`)}, sends: 1},
				{rows: []string{w.set("user_3", `{"email":"z@example.com"}`)}, sends: 1},
			}
		},
		"an email is taken, and freed a night later": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"email":"x@example.com","plan":"pro"}`)}, sends: 1},
				{rows: []string{w.set("user_2", `{"email":"X@example.com","plan":"max"}`)}, sends: -1},
				{rows: []string{w.set("user_1", `{"email":"y@example.com"}`)}, sends: 1},
			}
		},
		"an email that somebody else lost is free again": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"email":"x@example.com"}`), w.set("user_2", `{"email":"x@example.com"}`)}, sends: 2},
				{rows: []string{w.set("user_2", `{"email":"y@example.com"}`)}, sends: -1},
			}
		},
		"a swap": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"email":"x@example.com"}`), w.set("user_2", `{"email":"y@example.com"}`)}, sends: 2},
				{rows: []string{w.set("user_1", `{"email":"y@example.com"}`), w.set("user_2", `{"email":"x@example.com"}`)}, sends: 4},
			}
		},
		"a ring": func() []attributeNight {
			return []attributeNight{
				{rows: []string{w.set("user_1", `{"email":"x@example.com"}`), w.set("user_2", `{"email":"y@example.com"}`), w.set("user_3", `{"email":"z@example.com"}`)}, sends: 3},
				{rows: []string{w.set("user_1", `{"email":"y@example.com"}`), w.set("user_2", `{"email":"z@example.com"}`), w.set("user_3", `{"email":"x@example.com"}`)}, sends: 6},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w = &nightWriter{}
			sendAttributeNights(t, nights())
		})
	}
}

// sendAttributeNights sends the nights, and compares what comes of it with one backfill.
func sendAttributeNights(t *testing.T, nights []attributeNight) {
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := &worldRun{t: t, program: program, dir: dir, state: filepath.Join(dir, "state")}
	r.openBox(sandbox.Faults{})
	clean := &worldRun{t: t, program: program, dir: dir, state: filepath.Join(dir, "clean")}
	clean.openBox(sandbox.Faults{})
	if err := os.Mkdir(filepath.Join(dir, "export"), 0o700); err != nil {
		t.Fatal(err)
	}
	persons := ""
	run := func(r *worldRun, words ...string) {
		t.Helper()
		c, stdout, stderr := r.command(words...)
		if err := c.Run(); err != nil && !(len(r.box.Faults().Refuse) > 0 && c.ProcessState.ExitCode() == 3) {
			t.Fatalf("%v: %v\n%s%s", words, err, stdout, stderr)
		}
		var summary struct {
			People struct {
				EmailConflicts int `json:"email_conflicts"`
			}
		}
		if err := json.Unmarshal(stdout.Bytes(), &summary); err != nil {
			t.Fatalf("%v: %v\n%s%s", words, err, stdout, stderr)
		}
	}
	for i, night := range nights {
		if len(night.rows) > 0 {
			path := filepath.Join(dir, "export", fmt.Sprintf("%d.jsonl", i+1))
			if err := os.WriteFile(path, []byte(strings.Join(night.rows, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		words := []string{"sync", "--first-run", "--unset", "remove", "export"}
		if night.persons != "" {
			name, content := "persons.jsonl", []byte(night.persons)
			if night.pack != nil {
				name, content = night.pack(night.persons)
			}
			persons = filepath.Join(dir, fmt.Sprint(i+1, name))
			if err := os.WriteFile(persons, content, 0o600); err != nil {
				t.Fatal(err)
			}
			words = append(words, "--persons", persons)
		}
		before := r.box.Stats().Actions["person.identify"]
		if night.cut > 0 {
			setFaultsOf(t, r.box, sandbox.Faults{Answers: []sandbox.Answer{{On: "batch", After: night.cut, Status: 401}}})
			c, stdout, _ := r.command(words...)
			if err := c.Run(); c.ProcessState.ExitCode() != 4 {
				t.Errorf("night %d was not stopped: %v\n%s", i+1, err, stdout)
			}
		}
		var faults sandbox.Faults
		if night.refuse != "" {
			faults.Refuse = []sandbox.Refusal{{Contains: night.refuse, Reason: "invalid"}}
		}
		setFaultsOf(t, r.box, faults)
		run(r, words...)
		setFaultsOf(t, r.box, sandbox.Faults{})
		if n := int(r.box.Stats().Actions["person.identify"] - before); night.sends >= 0 && n != night.sends {
			t.Errorf("night %d sent %d identifies, want %d", i+1, n, night.sends)
		}
	}
	items := r.box.Stats().Items
	words := []string{"backfill", "--yes", "export"}
	if persons != "" {
		words = append(words, "--persons", persons)
		before := profilesIn(r.box)
		run(r, "sync", "--unset", "remove", "export", "--persons", persons)
		if diff := cmp.Diff(before, profilesIn(r.box)); diff != "" {
			t.Errorf("the last persons export again changed:\n%s", diff)
		}
	}
	run(r, "sync", "--unset", "remove", "export")
	if n := r.box.Stats().Items - items; n != 0 {
		t.Errorf("%d operations came when nothing was new", n)
	}
	run(clean, words...)
	if diff := cmp.Diff(profilesIn(clean.box), profilesIn(r.box)); diff != "" {
		t.Errorf("one backfill -, nights +:\n%s", diff)
	}
	if failed := r.box.Stats().FailedAttributeChange; failed != 0 {
		t.Errorf("%d attributes could not be changed", failed)
	}
}

func setFaultsOf(t *testing.T, box *sandbox.Sandbox, faults sandbox.Faults) {
	t.Helper()
	if err := box.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
}
