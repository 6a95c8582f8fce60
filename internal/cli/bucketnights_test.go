package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
	"ph2cio/internal/testkit/sources"
)

// bucket is a store of objects in memory, and a workspace that commands fill from it.
type bucket struct {
	*sources.Store
	t       *testing.T
	box     *sandbox.Sandbox
	account map[string]string
	state   string
}

const bucketURL = sources.Scheme + "bucket/"

func newBucket(t *testing.T) *bucket {
	t.Helper()
	box, account := startSandbox(t, sandbox.Faults{NoDedup: true})
	return &bucket{sources.New(sources.Manners{AnyOffset: true}), t, box, account, filepath.Join(t.TempDir(), "state")}
}

// put puts rows into an object.
func (b *bucket) put(key string, rows ...string) source.Source {
	return b.Put(bucketURL+key, []byte(strings.Join(rows, "\n")+"\n"))
}

// eventRow is a row of an export; the same number is the same event.
func eventRow(n int, event, id, timestamp, properties string) string {
	return fmt.Sprintf(`{"uuid":"019cb84c-40bc-7204-b360-%012d","event":%q,"distinct_id":%q,"timestamp":%q,"properties":%s}`,
		n, event, id, timestamp, properties)
}

// orderRow is an order of one of three users.
func orderRow(n int) string {
	at := fmt.Sprintf("2026-03-%02dT10:02:11+00:00", 1+n/100)
	return eventRow(n, "Order Completed", fmt.Sprintf("user_%d", n%3), at, fmt.Sprintf(`{"n":%d}`, n))
}

func orderRows(from, to int) (rows []string) {
	for n := from; n < to; n++ {
		rows = append(rows, orderRow(n))
	}
	return rows
}

// run runs a command that may find the store.
func (b *bucket) run(args ...string) outcome {
	b.t.Helper()
	return runProgramWith(b.t, func(env *Env) { env.Remote = b.Remote }, b.account, args...)
}

// send runs a command that sends, and expects an exit code and so many new events. It returns also what the
// command asked the store.
func (b *bucket) send(code, events int, words ...string) (outcome, sources.Calls) {
	b.t.Helper()
	b.box.Flush()
	events += len(b.box.Events())
	before := b.Calls()
	got := b.run(append(words, "--rate", "1000", "--settle", "0s", "--state", b.state)...)
	b.box.Flush()
	if sent := len(b.box.Events()); got.code != code || sent != events {
		b.t.Errorf("%v: exit code %d and %d events, want %d and %d\n%s%s", words, got.code, sent, code, events, got.stdout, got.stderr)
	}
	after := b.Calls()
	return got, sources.Calls{List: after.List - before.List, Look: after.Look - before.Look, Open: after.Open - before.Open}
}

// sync runs a sync of the bucket, and expects an exit code and so many new events.
func (b *bucket) sync(code, events int, flags ...string) (outcome, sources.Calls) {
	b.t.Helper()
	return b.send(code, events, append([]string{"sync", "--first-run", "--recent", "send", bucketURL + "export"}, flags...)...)
}

// idle expects a night in which nothing is sent, and that asks the store only for what it lists.
func (b *bucket) idle(lists int, flags ...string) {
	b.t.Helper()
	got, asked := b.sync(exit.Done, 0, flags...)
	if want := (sources.Calls{List: lists}); asked != want || !strings.Contains(got.stdout, "Nothing new") {
		b.t.Errorf("an idle night asked %+v, want %+v\n%s%s", asked, want, got.stdout, got.stderr)
	}
}

// eventsIn returns the events of a workspace by ID.
func eventsIn(box *sandbox.Sandbox) map[string]string {
	all := map[string]string{}
	for _, e := range box.Events() {
		all[e.ID] += fmt.Sprintf("%s %s %d %s\n", e.Name, e.PersonID, e.Timestamp, e.Attributes)
	}
	return all
}

// TestNightsOverABucket puts objects of thirty days into a bucket, some of them split, with a sync every night.
// What arrives is what one backfill sends, and every second night, when nothing is new, only lists.
func TestNightsOverABucket(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	for day := range 30 {
		prefix := fmt.Sprintf("export/2026-03-%02dT00:00:00+00:00-2026-03-%02dT00:00:00+00:00", day+1, day+2)
		rows := orderRows(10*day, 10*day+10)
		if day%3 > 0 {
			b.put(prefix+".jsonl", rows...)
		} else {
			b.put(prefix+"-0.jsonl", rows[:5]...)
			b.put(prefix+"-1.jsonl", rows[5:]...)
			b.put(prefix+"_manifest.json", fmt.Sprintf(`{"files":[%q,%q]}`, prefix+"-0.jsonl", prefix+"-1.jsonl"))
		}
		if _, asked := b.sync(exit.Done, 10); asked.Look > 0 || asked.Open > 9 {
			t.Errorf("day %d: asked %+v", day, asked)
		}
		b.idle(1)
	}
	one := newBucket(t)
	one.Store = b.Store
	if _, asked := one.send(exit.Done, 300, "backfill", "--yes", "--recent", "send", bucketURL+"export/"); asked.Look > 0 {
		t.Errorf("the backfill asked %+v", asked)
	}
	if diff := cmp.Diff(eventsIn(one.box), eventsIn(b.box)); diff != "" {
		t.Errorf("one backfill -, nights +:\n%s", diff)
	}
	for _, words := range [][]string{{"sync"}, {"backfill", "--yes"}} {
		if _, asked := one.send(exit.Done, 0, append(words, "--recent", "send", bucketURL+"export/")...); asked != (sources.Calls{List: 1}) {
			t.Errorf("a %s after the backfill asked %+v", words[0], asked)
		}
	}
}

// TestObjectsThatChange replaces an object, renames one, removes one and brings it back.
func TestObjectsThatChange(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.put("export/a.jsonl", orderRows(0, 5)...)
	b.put("export/b.jsonl", orderRows(5, 10)...)
	b.sync(exit.Done, 10)
	b.put("export/a.jsonl", orderRows(0, 5)...) // written again as it was
	b.idle(1)
	b.put("export/a.jsonl", orderRows(0, 7)...)
	if got, _ := b.sync(exit.Done, 0); !strings.Contains(got.stderr, "replaced") {
		t.Errorf("no warning of the replaced object:\n%s", got.stderr)
	}
	b.put("export/a.jsonl", append(orderRows(0, 7), orderRow(20))...)
	b.sync(exit.Done, 1)
	b.idle(1)
	b.Rename(bucketURL+"export/b.jsonl", bucketURL+"export/deep/c d+e:f.jsonl")
	b.sync(exit.Done, 0)
	b.idle(1)
	b.Remove(bucketURL + "export/a.jsonl")
	b.idle(1)
	b.put("export/a.jsonl", append(orderRows(0, 7), orderRow(21))...)
	b.sync(exit.Done, 1)
	b.idle(1)
}

// TestManifestsInABucket lets the parts of a split export wait until all are there, and no longer opens the
// manifest once they were sent.
func TestManifestsInABucket(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.Now = time.Now().Add(-time.Hour)
	b.put("export/other.jsonl", orderRows(0, 5)...)
	b.put("export/day-0.jsonl", orderRows(5, 10)...)
	b.put("export/day_manifest.json", `{"files":["x/export/day-0.jsonl","x/export/day-1.jsonl"]}`)
	got, _ := b.sync(exit.Done, 5)
	if want := "mem://bucket/export/day_manifest.json lists 2 files, but 1 is missing"; !strings.Contains(got.stderr, want) {
		t.Errorf("no %q:\n%s", want, got.stderr)
	}
	if _, asked := b.sync(exit.Done, 0); asked != (sources.Calls{List: 1, Open: 1}) {
		t.Errorf("while files are missing it asked %+v", asked)
	}
	b.sync(exit.Input, 0, "--wait-for-files", "10m")
	b.put("export/day-1.jsonl", orderRows(10, 12)...)
	b.sync(exit.Done, 7)
	b.idle(1)
	b.Remove(bucketURL + "export/day-1.jsonl")
	b.idle(1)
}

// TestDamageInABucket reads a damaged object every night until another version is whole.
func TestDamageInABucket(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	whole := packing.Gzip(t, []byte(strings.Join(orderRows(0, 200), "\n")), 500)
	b.put("export/a.jsonl", orderRows(300, 305)...)
	b.Put(bucketURL+"export/b.jsonl.gz", whole[:len(whole)-100])
	if got := b.run("preview", bucketURL+"export"); got.code != exit.Input || !strings.Contains(got.stdout, "mem://bucket/export/b.jsonl.gz") {
		t.Errorf("the damage is not shown\n%s%s", got.stdout, got.stderr)
	}
	b.run("sync", "--first-run", "--recent", "send", "--rate", "1000", "--settle", "0s", "--state", b.state, bucketURL+"export")
	if _, asked := b.sync(exit.Input, 0); asked.Open == 0 {
		t.Error("the damaged object was not read again")
	}
	b.Put(bucketURL+"export/b.jsonl.gz", whole)
	b.box.Flush()
	left := 205 - len(b.box.Events())
	b.sync(exit.Done, left)
	b.idle(1)
}

// TestRetryInABucket corrects one of two rejected rows and retries, and removes the object of the other.
func TestRetryInABucket(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	order := func(n int, timestamp string) string { return eventRow(n, "Order Completed", "user_1", timestamp, "{}") }
	b.put("export/a b.jsonl", orderRow(1), order(900, "yesterday"))
	b.put("export/c.jsonl", orderRow(2), order(901, "yesterday"))
	b.sync(exit.Rejects, 2)
	b.idle(1)
	b.put("export/a b.jsonl", orderRow(1), order(900, "2026-03-04T10:00:00Z"))
	got := b.run("status", "--rejects", "--state", b.state)
	if strings.Count(got.stdout, "mem://bucket/export/") != 2 || strings.Contains(got.stdout, "gone") {
		t.Errorf("status: %s", got.stdout)
	}
	b.send(exit.Rejects, 1, "retry", "--yes", "--recent", "send")
	b.Remove(bucketURL + "export/c.jsonl")
	if got := b.run("status", "--rejects", "--state", b.state); !strings.Contains(got.stdout, "gone") {
		t.Errorf("status: %s", got.stdout)
	}
	b.Down = fmt.Errorf("the credentials have expired: %w", source.ErrUnavailable)
	if got := b.run("status", "--rejects", "--state", b.state); got.code != exit.Done || strings.Contains(got.stdout, "gone") {
		t.Errorf("status without credentials: exit code %d, %s", got.code, got.stdout)
	}
}

// TestRowsWaitInABucket finds the rows of a visitor who is identified later, in an object that was renamed
// since, and loses nothing while the store does not answer.
func TestRowsWaitInABucket(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	const visitor = "0195602e-7a11-7c3e-9d55-000000000001"
	b.put("export/a.jsonl", eventRow(800, "Looked", visitor, "2026-03-04T10:00:00Z", `{"$is_identified":false}`))
	b.sync(exit.Done, 0)
	b.idle(1)
	b.Rename(bucketURL+"export/a.jsonl", bucketURL+"export/z.jsonl")
	b.put("other/login.jsonl", eventRow(801, "$identify", "user_1", "2026-03-05T10:00:00Z", `{"$anon_distinct_id":"`+visitor+`"}`))
	other := []string{"sync", "--recent", "send", bucketURL + "other"}
	got, _ := b.send(exit.Done, 0, other...)
	if strings.Contains(got.stdout+got.stderr, "lost") {
		t.Errorf("rows of a place that was not searched are lost\n%s%s", got.stdout, got.stderr)
	}
	b.Down = source.ErrUnavailable
	if got := b.run("sync", "--state", b.state, bucketURL+"export"); got.code == exit.Done {
		t.Errorf("a store that does not answer: exit code 0\n%s%s", got.stdout, got.stderr)
	}
	b.Down = nil
	b.sync(exit.Done, 1)
	b.idle(1)
}

// TestListsInABucket names a persons export and the lists of people by URLs. A night with nothing new does not
// read them again, and notices when one of the lists has changed.
func TestListsInABucket(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.put("export/a.jsonl", orderRows(0, 6)...)
	b.put("persons/p.jsonl", `{"team_id":1,"distinct_id":"user_1","person_id":"019ca7a0-2222-7000-8000-000000000001",`+
		`"properties":"{\"plan\":\"pro\"}","person_version":1,"created_at":"2026-01-01T00:00:00Z","is_deleted":0}`)
	b.put("people.csv", "id,email", "user_1,one@example.com")
	b.put("never.txt", "user_2")
	flags := []string{
		"--persons", bucketURL + "persons/", "--existing", bucketURL + "people.csv", "--exclude-people", bucketURL + "never.txt",
		"--live-since", "never",
	}
	b.sync(exit.Done, 4, flags...)
	for _, p := range b.box.People() {
		if p.ID == "user_1" && string(p.Attributes["plan"]) != `"pro"` {
			t.Errorf("user_1 has %s", p.Attributes)
		}
	}
	idle := sources.Calls{List: 4} // each place once
	if _, asked := b.sync(exit.Done, 0, flags...); asked != idle {
		t.Errorf("an idle night asked %+v, want %+v", asked, idle)
	}
	b.put("never.txt", "nobody")
	if got, asked := b.sync(exit.Done, 0, flags...); asked == idle || !strings.Contains(got.stdout, "1 profile update ") {
		t.Errorf("another list is not noticed: %+v\n%s", asked, got.stdout)
	}
	if _, asked := b.sync(exit.Done, 0, flags...); asked != idle {
		t.Errorf("an idle night asked %+v, want %+v", asked, idle)
	}
	for flag, url := range map[string]string{"--existing": "people", "--exclude-people": "nev", "--persons": "nobody/"} {
		got := b.run("preview", bucketURL+"export", flag, bucketURL+url)
		if got.code != exit.Input || !strings.Contains(got.stderr, flag+": ") || !strings.Contains(got.stderr, bucketURL+url) {
			t.Errorf("%s %s: exit code %d, %s", flag, url, got.code, got.stderr)
		}
	}
}

// TestKeysWithAnAt shows the whole name of an object, and no password that somebody types into a URL.
func TestKeysWithAnAt(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.put("export/maya@example.com/a b.jsonl", orderRow(1), "{")
	got, _ := b.send(exit.Rejects, 1, "backfill", "--yes", "--recent", "send", bucketURL+"export/maya@example.com/a b.jsonl")
	if !strings.Contains(got.stdout, "mem://bucket/export/maya@example.com/a b.jsonl") {
		t.Errorf("%s%s", got.stdout, got.stderr)
	}
	got = b.run("preview", bucketURL+"export/maya@example.com/none")
	if got.code != exit.Input || !strings.Contains(got.stderr, `source "mem://bucket/export/maya@example.com/none" does not exist`) {
		t.Errorf("%d %s", got.code, got.stderr)
	}
	got = b.run("preview", "mem://AKIA:canary-secret@bucket/export")
	if got.code != exit.Input || strings.Contains(got.stdout+got.stderr, "canary-secret") || strings.Contains(got.stderr, "AKIA") {
		t.Errorf("%d %s", got.code, got.stderr)
	}
	for text, want := range map[string]string{
		"see https://user:pa/ss@example.com/x":               "see https://...@example.com/x",
		"s3://bucket/a@b c@d":                                "s3://bucket/a@b c@d",
		"s3://key:secret@bucket/a@b":                         "s3://...@b",
		"az://account/container/a@b,https://u:p@example.com": "az://account/container/a@b,https://...@example.com",
	} {
		if got := hideURLUsers(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

// TestCommandsThatLookAtABucket shows that they show of objects what they show of files.
func TestCommandsThatLookAtABucket(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	dir := t.TempDir()
	b.put("export/a.jsonl", orderRows(0, 6)...)
	b.put("export/.hidden/x.jsonl", orderRows(0, 6)...)
	b.put("export/old.bak", "notes")
	b.put("export/.b", "notes")
	for name, data := range map[string]string{
		"a.jsonl": strings.Join(orderRows(0, 6), "\n") + "\n", ".hidden/x.jsonl": "\n", "old.bak": "notes\n", ".b": "notes\n",
	} {
		path := filepath.Join(dir, "export", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, data)
	}
	b.account = nil
	took := regexp.MustCompile(`"(took|seconds)[a-z_]*": [0-9.]+,?`)
	for _, words := range [][]string{
		{"preview", "--json", "SOURCE"}, {"inspect", "--json", "SOURCE", "missing"}, {"explain", "--json", "SOURCE", "user_1"},
		{"explain", "SOURCE"}, {"preview", "--json", "SOURCE", "--exclude", "a.*"}, {"preview", "--json", "SOURCE/a.jsonl"},
	} {
		at := func(root string) outcome {
			args := append([]string{}, words...)
			for i := range args {
				args[i] = strings.Replace(args[i], "SOURCE", root, 1)
			}
			got := b.run(args...)
			got.stdout = took.ReplaceAllString(strings.ReplaceAll(got.stdout, root, "SOURCE"), "")
			return got
		}
		got, want := at(bucketURL+"export"), at(filepath.Join(dir, "export"))
		if got.code != want.code {
			t.Errorf("%v: exit code %d, and %d of files\n%s\n%s", words, got.code, want.code, got.stderr, want.stderr)
		}
		if diff := cmp.Diff(want.stdout, got.stdout); diff != "" {
			t.Errorf("%v: files -, objects +\n%s", words, diff)
		}
	}
}
