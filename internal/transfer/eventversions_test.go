package transfer

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// drawnEvents draws rows of few events, each received at another time, and the row of each event
// that is to be sent: the newest of those that are not too large.
func drawnEvents(r *rapid.T) (rows []string, sent map[string]string) {
	sent = map[string]string{}
	for i := range rapid.IntRange(1, 25).Draw(r, "rows") {
		uuid := rapid.SampledFrom([]string{"0198a000-0000-7000-8000-000000000001", "Order-1"}).Draw(r, "uuid")
		name := rapid.SampledFrom([]string{"Order", "Cart"}).Draw(r, "name")
		id, day := rapid.IntRange(1, 2).Draw(r, "user"), rapid.IntRange(1, 2).Draw(r, "day")
		large := rapid.IntRange(0, 3).Draw(r, "large") == 0
		note := ""
		if large {
			note = strings.Repeat("x", customerio.MaxItem)
		}
		written := uuid
		if rapid.Bool().Draw(r, "without hyphens") && strings.HasPrefix(uuid, "0198") {
			written = strings.ToUpper(strings.ReplaceAll(uuid, "-", ""))
		}
		rows = append(rows, fmt.Sprintf(`{"uuid":%q,"event":%q,"distinct_id":"user_%d","timestamp":"2026-03-%02dT%02d:00:00Z",`+
			`"created_at":"2026-03-03T10:00:%02dZ","properties":{"v":%d,"note":%q}}`, written, name, id, day, i%24, i, i, note))
		if !large { // the rows are drawn in the order in which they were taken in
			sent[fmt.Sprint(uuid, name, id, day)] = fmt.Sprintf(`"v":%d,`, i)
		}
	}
	return rows, sent
}

// TestTheSameVersionIsSentInAnyOrder reads the same rows in any order, in one file or two.
func TestTheSameVersionIsSentInAnyOrder(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		rows, sent := drawnEvents(r)
		ids := map[string]string{} // of each version that is sent
		for range 2 {
			shuffled := rapid.Permutation(rows).Draw(r, "order")
			cut := rapid.IntRange(0, len(rows)).Draw(r, "in the first file")
			got := sentFrom(t, dir, shuffled[:cut], shuffled[cut:])
			if diff := cmp.Diff(slices.Sorted(maps.Values(sent)), slices.Sorted(maps.Values(got))); diff != "" {
				r.Fatalf("versions, want -, got +:\n%s\n%s", diff, strings.Join(shuffled, "\n"))
			}
			for id, version := range got {
				if known, seen := ids[version]; seen && known != id {
					r.Fatalf("%s has the IDs %s and %s", version, known, id)
				}
				ids[version] = id
			}
		}
	})
}

// sentFrom returns the versions that would be sent of the rows of two files, by the IDs of their events.
func sentFrom(t *testing.T, dir string, files ...[]string) map[string]string {
	t.Helper()
	var paths []string
	for i, rows := range files {
		path := filepath.Join(dir, fmt.Sprintf("%d.jsonl", i))
		if err := os.WriteFile(path, []byte(strings.Join(append(slices.Clone(rows), ""), "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		if len(rows) > 0 {
			paths = append(paths, path)
		}
	}
	plan := newPlan(t, mapping.Options{}, paths...)
	got := map[string]string{}
	plan.Observe = func(op customerio.Operation) error {
		if op.Action != customerio.Event {
			return nil
		}
		id := parsed(op.Body).ID.String()
		_, version, _ := strings.Cut(string(op.Body), `"attributes":{`)
		if _, again := got[id]; again {
			t.Errorf("two operations have the ID %s", id)
		}
		got[id] = version[:strings.IndexByte(version, ',')+1]
		return nil
	}
	pass, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	defer pass.Close()
	if _, err := Send(t.Context(), pass, plan.Delivery); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestVersionsComeBackFromDisk writes versions as the sorter does, and reads them.
func TestVersionsComeBackFromDisk(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		e := posthog.Event{Ref: rapid.Uint64Range(0, 1<<50).Draw(r, "ref")}
		if rapid.Bool().Draw(r, "known") {
			e.CreatedAt = posthog.Time{State: posthog.Known, Micros: rapid.Int64Range(-1<<60, 1<<60).Draw(r, "created")}
		}
		v := versionOf(drawnKey(r), &e, rapid.Uint32Range(0, 1<<24-1).Draw(r, "content"))
		v.standing = rapid.SampledFrom([]standing{fits, mayFit, tooLarge, live}).Draw(r, "standing")
		if got := readVersion(appendVersion(nil, &v)); got != v {
			r.Fatalf("%+v came back as %+v", v, got)
		}
	})
}
