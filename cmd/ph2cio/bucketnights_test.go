package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/packing"
	"ph2cio/internal/testkit/parquets"
	"ph2cio/internal/testkit/s3server"
)

// realNights are runs of sync over a bucket that changes from night to night.
type realNights struct {
	*run
	server *s3server.Server
	proxy  *fakestore.Proxy // before the server
	box    *sandbox.Sandbox
	writer nightWriter
	rows   []string            // all that ever were
	days   []map[string][]byte // the objects of each day, by key
	texts  []string            // the rows of each day
	faults sandbox.Faults
}

// TestNightsOverARealBucket lets thirty nights pass over a bucket of a real S3 server, to which each day
// adds an object: plain, compressed, Parquet, or a split export. Plain ones get their last rows a day
// later. Others are renamed, compressed anew, or disappear. In one night the server answers half of the
// requests that it is busy, in one the credentials expire, and in one the program is killed: each ends
// when it is typed again. Each night sends the events that are new, and in the end everything is as after
// one backfill.
func TestNightsOverARealBucket(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	n := &realNights{server: s3server.Start(t), faults: sandbox.Faults{NoDedup: true}}
	var url string
	n.box, url = newBox(t, n.faults)
	n.run, n.proxy = newRun(t, url), &fakestore.Proxy{Server: n.server}
	front := httptest.NewServer(n.proxy)
	t.Cleanup(front.Close)
	maps.Copy(n.environment, n.server.Environment())
	n.environment["PH2CIO_S3_ENDPOINT"] = front.URL

	unsent := 0 // events that are in no object yet
	for day := range 30 {
		events := n.addDay(day) + unsent
		if unsent = 0; day%4 == 0 {
			unsent = n.holdBack(day)
			events -= unsent
		}
		n.change(day)
		switch day {
		case 12:
			n.proxy.Fail(halfBusy())
		case 18:
			n.expire()
		case 24:
			n.kill()
		}
		n.sync(day, events)
		n.proxy.Fail(nil)
		if day%10 == 9 {
			n.proxy.TakeCounts()
			n.sync(day, 0)
			if asked := n.proxy.TakeCounts(); asked.Lists != 1 || asked.Heads+asked.Gets > 0 {
				t.Errorf("night %d: an idle night asked %+v", day, asked)
			}
		}
	}
	n.grow(28)
	n.sync(30, unsent)
	want := backfill(t, "--recent", "send", n.write("truth.jsonl", strings.Join(n.rows, ""))).held
	if diff := cmp.Diff(want, heldBy(n.box)); diff != "" {
		t.Errorf("what is held: (- one backfill, + the nights)\n%.3000s", diff)
	}
}

// words are a night's command.
func (n *realNights) words() []string {
	return []string{"sync", "--first-run", "--recent", "send", "--rate", "1000", "--settle", "0s", "--batch-items", "5", "--concurrency", "1",
		"--state", "state", "s3://" + s3server.Bucket + "/posthog/"}
}

// sync sends what is new, and expects so many new events.
func (n *realNights) sync(day, events int) {
	n.t.Helper()
	n.box.Flush()
	before := len(idsOfEvents(n.box))
	got := n.run.run(n.words()...)
	n.box.Flush()
	if sent := len(idsOfEvents(n.box)) - before; got.code != 0 || sent != events {
		n.t.Fatalf("night %d: exit code %d and %d new events, want %d\n%s", day, got.code, sent, events, got)
	}
}

// idsOfEvents returns the IDs of all events that a workspace has.
func idsOfEvents(box *sandbox.Sandbox) map[string]bool {
	all := map[string]bool{}
	for _, e := range box.Events() {
		all[e.ID] = true
	}
	return all
}

// halfBusy returns what lets half of the requests fail.
func halfBusy() func(*http.Request, int) *fakestore.Fault {
	return func(*http.Request, int) *fakestore.Fault {
		if rand.IntN(2) == 0 {
			return nil
		}
		return &fakestore.Fault{Status: http.StatusServiceUnavailable, Code: "SlowDown"}
	}
}

// expire runs sync with credentials that expire after one request for an object.
func (n *realNights) expire() {
	n.t.Helper()
	expired := fakestore.Fault{Status: http.StatusBadRequest, Code: "ExpiredToken"}
	n.proxy.Fail(fakestore.Rules([]fakestore.Rule{{Method: http.MethodGet, Pass: 1, Fault: expired}}))
	if got := n.run.run(n.words()...); got.code != 4 {
		n.t.Fatalf("credentials that expire: exit code %d\n%s", got.code, got)
	}
	n.proxy.Fail(nil)
}

// kill runs sync and kills it when it has begun to send.
func (n *realNights) kill() {
	n.t.Helper()
	slow := n.faults
	slow.Delay = sandbox.Duration(50 * time.Millisecond)
	if err := n.box.SetFaults(slow); err != nil {
		n.t.Fatal(err)
	}
	c, _, stderr := n.command(n.words()...)
	before := n.box.Stats().Requests
	if err := c.Start(); err != nil {
		n.t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); n.box.Stats().Requests < before+1 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	_ = c.Process.Kill()
	if code := exitCodeOf(c.Wait()); code != -1 {
		n.t.Fatalf("it ended with %d before it was killed\n%s", code, stderr)
	}
	if err := n.box.SetFaults(n.faults); err != nil {
		n.t.Fatal(err)
	}
}

// addDay puts the export of a day into the bucket, and returns how many of its rows are events. People
// change, and a visitor of the day before logs in.
func (n *realNights) addDay(day int) (events int) {
	w := &n.writer
	w.minute = day * 24 * 60
	var rows []string
	for i := range 9 {
		rows = append(rows, w.row("Order Completed", user(i+day%3), fmt.Sprintf(`"day":%d`, day), ""))
	}
	rows = append(rows, w.set(user(day%5), fmt.Sprintf(`{"plan":"plan %d"}`, day)), w.once(user(day%7), fmt.Sprintf(`{"since":%d}`, day)))
	rows = append(rows, w.row("Looked Around", visitor(day), `"$process_person_profile":false`, ""))
	if events = 9; day > 0 {
		rows = append(rows, w.row("$identify", user(day%5), fmt.Sprintf(`"$anon_distinct_id":%q`, visitor(day-1)), ""))
		events++ // the visitor's
	}
	for i := range rows {
		rows[i] += "\n"
	}
	text, name := strings.Join(rows, ""), fmt.Sprintf("posthog/2026-03-%02d", day+1)
	n.rows, n.texts = append(n.rows, rows...), append(n.texts, text)
	objects := map[string][]byte{}
	switch day % 4 {
	case 0:
		objects[name+".jsonl"] = []byte(text)
	case 1:
		objects[name+".jsonl.gz"] = packing.Gzip(n.t, []byte(text), 1<<20)
	case 2:
		objects[name+".parquet"] = parquets.Write(n.t, parquets.Events(n.t, []byte(text)), parquets.Layout{Codec: "zstd"})
	default:
		half := strings.Join(rows[:5], "")
		objects[name+"-0.jsonl.gz"] = packing.Gzip(n.t, []byte(half), 1<<20)
		objects[name+"-1.jsonl.gz"] = packing.Gzip(n.t, []byte(text[len(half):]), 1<<20)
		objects[name+"_manifest.json"] = fmt.Appendf(nil, `{"files":[%q,%q]}`, name+"-0.jsonl.gz", name+"-1.jsonl.gz")
	}
	n.days = append(n.days, objects)
	n.server.PutAll(n.t, objects)
	return events
}

// holdBack replaces the plain object of a day by one without the last orders, and returns how many. grow
// puts the whole one back.
func (n *realNights) holdBack(day int) (events int) {
	lines := strings.SplitAfter(n.texts[day], "\n")
	n.server.Put(n.t, n.keys(day)[0], []byte(strings.Join(slices.Delete(lines, 5, 9), "")))
	return 4
}

func (n *realNights) grow(day int) { n.server.PutAll(n.t, n.days[day]) }

func (n *realNights) keys(day int) []string { return slices.Sorted(maps.Keys(n.days[day])) }

// change changes objects of earlier days.
func (n *realNights) change(day int) {
	if day%4 == 1 {
		n.grow(day - 1)
	}
	switch {
	case day%5 == 3: // another name
		if keys := n.keys(day - 3); len(keys) == 1 {
			n.replace(day-3, "posthog/old/"+strings.TrimPrefix(keys[0], "posthog/"), n.days[day-3][keys[0]])
		}
	case day%6 == 5: // another form
		if keys := n.keys(day - 5); len(keys) == 1 {
			n.replace(day-5, keys[0]+".again.jsonl.gz", packing.Gzip(n.t, []byte(n.texts[day-5]), 100))
		}
	case day%7 == 6:
		n.server.Delete(n.t, n.keys(day - 6)[0])
		n.days[day-6] = map[string][]byte{"none": nil}
	}
}

// replace puts another object in the place of the only one of a day.
func (n *realNights) replace(day int, key string, data []byte) {
	n.server.Delete(n.t, n.keys(day)[0])
	n.days[day] = map[string][]byte{key: data}
	n.server.PutAll(n.t, n.days[day])
}
