package ledger

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// scheme is the rule for event IDs in all tests.
const scheme = 2

var (
	ours  = Workspace{"https://track.customer.io", 77}
	night = time.Date(2026, 3, 1, 2, 30, 0, 0, time.UTC)
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, ours, scheme)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func start() Start {
	return Start{
		Command: "backfill", Typed: "ph2cio backfill export/", Version: "1.0", Began: night, Now: night.Add(123456789), Flags: `{"events":"Order *"}`,
		People: []byte{1, 2, 3}, Rows: 500,
		Sources: []Source{
			{Path: "/exports/a.jsonl", Size: 1000, Fingerprint: "1:00ff", Rows: 200},
			{Path: "/exports/b.jsonl.gz", Size: 300, Fingerprint: "1:0a0b", First: 200, Rows: 300, Trouble: "it ends in the middle"},
		},
	}
}

// The people whom the steps send.
var (
	ada = Person{State: [16]byte{1}, Kind: "id", Value: "user_1", DistinctID: "user_1", Updated: 1772000000}
	bo  = Person{State: [16]byte{2}, Kind: "email", Value: "bo@example.com", DistinctID: "user_2", Email: 9}
)

// steps returns the steps of a run that was stopped among its merges.
func steps() []*Step {
	return []*Step{
		{
			Phase: People, Position: Position{Next: 3, Open: []Span{{1, 1}}}, Counters: []byte(`{"read":0}`),
			People: AppendPerson(nil, &ada), Count: 1, Rejects: []Reject{{People, 2, "api:invalid", Key{}, Key{}, "", false, []byte(`{"reason":"api:invalid"}`)}},
		},
		{Phase: People, Position: Position{Next: 3}, Counters: []byte(`{"read":1}`), People: AppendPerson(nil, &bo), Count: 1},
		{
			Phase: Events, Position: Position{Next: 400, Open: []Span{{7, 9}, {300, 399}}}, Counters: []byte(`{"read":400}`),
			Rejects: []Reject{
				{Events, 12, "not_json", Key{}, Key{}, "", false, []byte(`{"file":"a.jsonl","row":13,"reason":"not_json"}`)},
				{Events, 2, "not_json", Key{}, Key{}, "", false, []byte(`{"file":"a.jsonl","row":3,"reason":"not_json"}`)},
			},
		},
		{Phase: Events, Position: Position{Next: 450}, Counters: []byte(`{"read":450}`), Newest: night.Unix()},
		{Phase: Events, Position: Position{Next: 500}, Counters: []byte(`{"read":500}`), Newest: night.Unix() - 1},
	}
}

func merges() []Merge {
	return []Merge{
		{Number: 0, PrimaryKind: "id", Primary: "user_1", SecondaryKind: "id", Secondary: "anon_1"},
		{Number: 1, PrimaryKind: "id", Primary: "user_1", SecondaryKind: "email", Secondary: "ada@example.com"},
	}
}

// write fills a store with a run that was stopped among its merges.
func write(t *testing.T, s *Store) *Run {
	t.Helper()
	r, err := s.Begin(t.Context(), start(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps() {
		if err := r.Save(step, night.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	intended := merges()
	if err := r.RecordMerges(t.Context(), intended, night.Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	err = r.Save(&Step{
		Phase: Merges, Position: Position{Next: 2, Open: []Span{{1, 1}}}, Counters: []byte(`{"read":500}`), Merged: []int64{intended[0].ID},
	}, night.Add(3*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checkWritten checks that a store has what write has saved.
func checkWritten(t *testing.T, s *Store) {
	t.Helper()
	r, err := s.Last(t.Context(), "backfill")
	if err != nil || r == nil {
		t.Fatalf("the last run: %v, %v", r, err)
	}
	want := &Run{
		Start: start(), ID: 1, Phase: Merges, Saved: night.Add(3 * time.Minute), Counters: []byte(`{"read":500}`),
		Positions: map[Phase]Position{People: {Next: 3}, Events: {Next: 500}, Merges: {Next: 2, Open: []Span{{1, 1}}}},
	}
	if diff := cmp.Diff(want, r, cmpopts.IgnoreUnexported(Run{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the run, want -, got +:\n%s", diff)
	}
	var rejects []Reject
	for one, err := range r.Rejects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		rejects = append(rejects, one)
	}
	saved := []Reject{steps()[0].Rejects[0], steps()[2].Rejects[1], steps()[2].Rejects[0]} // in the order of their numbers
	if diff := cmp.Diff(saved, rejects); diff != "" {
		t.Errorf("rejects, want -, got +:\n%s", diff)
	}
	reasons, err := r.Reasons(t.Context())
	if diff := cmp.Diff(map[string]int64{"api:invalid": 1, "not_json": 2}, reasons); diff != "" || err != nil {
		t.Errorf("reasons: %v\n%s", err, diff)
	}
	var people []Person
	for p, err := range s.People(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	if want := []Person{ada, bo}; !slices.Equal(people, want) {
		t.Errorf("people: %+v, want %+v", people, want)
	}
	for range s.People(t.Context(), r.ID) {
		t.Error("people of no other run than this one")
	}
	totals, err := s.Totals(t.Context(), time.Now())
	wantTotals := Totals{People: 2, MergesDone: 1, MergesPending: 1, Newest: night, Waiting: WaitingTotals{ByReason: map[WaitReason]WaitingCount{}}}
	if !cmp.Equal(totals, wantTotals) || err != nil {
		t.Errorf("totals: %+v, %v", totals, err)
	}
	if s.Workspace() != ours {
		t.Errorf("workspace: %+v", s.Workspace())
	}
}

func TestWhatIsSavedIsThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	write(t, s)
	checkWritten(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkWritten(t, open(t, dir))
	looking, err := OpenReadOnly(t.Context(), dir, scheme)
	if err != nil {
		t.Fatal(err)
	}
	defer looking.Close()
	checkWritten(t, looking)
	if _, err := looking.Begin(t.Context(), start(), nil); err == nil {
		t.Error("a store that was opened to look at was written to")
	}
}

// TestLookingWhileAnotherWrites opens a state for reading while it has the log of a writer that runs or was
// killed.
func TestLookingWhileAnotherWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, open(t, dir))
	looking, err := OpenReadOnly(t.Context(), dir, scheme)
	if err != nil {
		t.Fatal(err)
	}
	defer looking.Close()
	checkWritten(t, looking)
	if _, err := OpenReadOnly(t.Context(), t.TempDir(), scheme); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of an empty directory: %v", err)
	}
}

// TestKilledBeforeTheLogIsFolded copies the files as a kill leaves them, when what was saved is only in the
// log.
func TestKilledBeforeTheLogIsFolded(t *testing.T) {
	t.Parallel()
	dir, after := t.TempDir(), t.TempDir()
	write(t, open(t, dir))
	for _, name := range []string{FileName, FileName + "-wal"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(after, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	checkWritten(t, open(t, after))
}

// TestKilledWhileTheLogIsFolded has the files that a kill leaves in the middle of that: the first page of the
// database tells the new size already, but the last pages are only in the log.
func TestKilledWhileTheLogIsFolded(t *testing.T) {
	t.Parallel()
	dir, after := t.TempDir(), t.TempDir()
	s := open(t, dir)
	run, err := s.Begin(t.Context(), start(), nil)
	if err == nil {
		err = run.Save(&Step{Phase: Events, Counters: []byte("{}"), Rejects: []Reject{{Phase: Events, Text: make([]byte, 1<<18)}}}, night)
	}
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	before, log := read(FileName), read(FileName+"-wal")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	folded := read(FileName)
	if len(folded) <= len(before) {
		t.Fatalf("the database has %d bytes and had %d before its log was folded", len(folded), len(before))
	}
	for name, text := range map[string][]byte{FileName: folded[:len(before)], FileName + "-wal": log} {
		if err := os.WriteFile(filepath.Join(after, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	last, err := open(t, after).Last(t.Context(), "backfill")
	if err != nil {
		t.Fatal(err)
	}
	for reject, err := range last.Rejects(t.Context()) {
		if err != nil || len(reject.Text) != 1<<18 {
			t.Errorf("%d bytes, %v", len(reject.Text), err)
		}
	}
}

func TestARejectIsSavedOnce(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	r := write(t, s)
	again := steps()[2]
	again.Phase = Events
	if err := r.Save(again, night); err == nil {
		t.Error("the same row was rejected twice")
	}
	checkWritten(t, s) // nothing of the step was saved
}

func TestARunIsReplaced(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	first := write(t, s)
	second, err := s.Begin(t.Context(), start(), nil)
	if err != nil {
		t.Fatal(err)
	}
	intended := append(merges(), Merge{Number: 2, PrimaryKind: "id", Primary: "user_2", SecondaryKind: "id", Secondary: "anon_2"})
	if err := second.RecordMerges(t.Context(), intended, night); err != nil {
		t.Fatal(err)
	}
	if !intended[0].Done || intended[1].Done || intended[2].Done {
		t.Errorf("merges: %+v; want that the first is done, by the run before", intended)
	}
	// The merge that is done stays one of the first run: to the second it is a merge of another run.
	merged, err := s.Merged(t.Context(), second.ID)
	if want := map[Profile]Profile{{intended[0].SecondaryKind, intended[0].Secondary}: {intended[0].PrimaryKind, intended[0].Primary}}; !maps.Equal(merged, want) || err != nil {
		t.Errorf("merged by other runs: %v, %v, want %v", merged, err, want)
	}
	pending, err := s.PendingMerges(t.Context(), second.ID)
	if len(pending) != 2 || pending[0].Secondary != intended[1].Secondary || pending[1].Secondary != intended[2].Secondary || err != nil {
		t.Errorf("pending: %+v, %v, want the second and the third", pending, err)
	}
	if err := second.Finish(t.Context(), Ending{Outcome: Rejected, At: night.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	runs, err := s.Runs(t.Context(), 10)
	if err != nil || len(runs) != 2 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	if runs[0].ID != second.ID || runs[0].Outcome != Rejected || !runs[0].Ended.Equal(night.Add(time.Hour)) {
		t.Errorf("the second: %+v", runs[0])
	}
	if runs[1].ID != first.ID || runs[1].Outcome != Replaced || runs[1].Ended.IsZero() {
		t.Errorf("the first: %+v", runs[1])
	}
}

func TestFilesAreForTheirOwner(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("permissions are others there")
	}
	dir := t.TempDir()
	write(t, open(t, dir))
	for _, name := range []string{FileName, FileName + "-wal", FileName + "-shm"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
}

func TestDurability(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0", "busy_timeout": "10000", "user_version": strconv.Itoa(len(migrations)),
	} {
		var got string
		if err := s.db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s; %v", pragma, got, want, err)
		}
	}
}

// TestRefusals opens directories that must not be written to. Each error says why and what to do, and the
// file stays as it was.
func TestRefusals(t *testing.T) {
	t.Parallel()
	made := func(change func(*Store)) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			s := open(t, filepath.Dir(path))
			write(t, s)
			if change != nil {
				change(s)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	damage := func(at int64, text string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			made(nil)(t, path)
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err == nil {
				_, err = file.WriteAt([]byte(text), at)
			}
			if err = errors.Join(err, file.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		make       func(t *testing.T, path string)
		of         Workspace
		says, hint string
	}{
		"another workspace": {made(nil), Workspace{ours.BaseURL, 78}, "belongs to workspace 77 at https://track.customer.io, not to workspace 78", "credentials"},
		"another host":      {made(nil), Workspace{"https://track-eu.customer.io", 77}, "not to workspace 77 at https://track-eu", "credentials"},
		"newer": {made(func(s *Store) { s.db.Exec("PRAGMA user_version=99") }), ours,
			"was created by a newer version of ph2cio (schema 99; this version knows 1)", "use that version"},
		"another schema": {made(func(s *Store) { s.db.Exec("UPDATE meta SET value='0123' WHERE key='form'") }), ours,
			"from before the first release", "use the build that created it"},
		"before forms were noted": {made(func(s *Store) { s.db.Exec("DELETE FROM meta WHERE key='form'") }), ours,
			"from before the first release", "use the build that created it"},
		"a schema that was dropped": {made(func(s *Store) { s.db.Exec("DELETE FROM meta WHERE key='form'; PRAGMA user_version=2") }), ours,
			"from before the first release", "use the build that created it"},
		"another rule": {made(func(s *Store) { s.db.Exec("UPDATE meta SET value='1' WHERE key='id_scheme'") }), ours, "event IDs by rule 1", "the version of ph2cio that created it"},
		"not ours":     {made(func(s *Store) { s.db.Exec("PRAGMA application_id=5") }), ours, "a database of another program", "--state"},
		"no database": {func(t *testing.T, path string) {
			os.WriteFile(path, []byte(strings.Repeat("Dear diary. ", 100)), 0o600)
		}, ours, "not a database", "restore it from a backup"},
		"a torn head": {damage(18, "\xff\xff\xff\xff"), ours, "not a database", "restore it from a backup"},
		"a torn page": {damage(4096+8, strings.Repeat("\xff", 3000)), ours, "is damaged: ", "restore it from a backup"},
		"cut":         {func(t *testing.T, path string) { made(nil)(t, path); os.Truncate(path, 3*4096) }, ours, "it is cut off", "restore it from a backup"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), FileName)
			c.make(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), filepath.Dir(path), c.of, scheme)
			failed, ok := errors.AsType[*StateError](err)
			if !ok {
				s.Close()
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) || !strings.Contains(failed.Hint(), c.hint) {
				t.Errorf("it says %q and %q, want %q and %q", err, failed.Hint(), c.says, c.hint)
			}
			after, err := os.ReadFile(path)
			if err != nil || !slices.Equal(before, after) {
				t.Errorf("the file is not what it was; %v", err)
			}
		})
	}
}

func TestLinksAreNotFollowed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links are others there")
	}
	for _, name := range []string{FileName, FileName + "-wal", FileName + "-shm", FileName + "-journal"} {
		dir := t.TempDir()
		target := filepath.Join(t.TempDir(), "target")
		if err := os.WriteFile(target, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		for _, open := range []func() (*Store, error){
			func() (*Store, error) { return Open(t.Context(), dir, ours, scheme) },
			func() (*Store, error) { return OpenReadOnly(t.Context(), dir, scheme) },
		} {
			if _, err := open(); err == nil || !strings.Contains(err.Error(), "does not follow links") {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if text, err := os.ReadFile(target); string(text) != "mine" || err != nil {
			t.Errorf("%s: the target is %q, %v", name, text, err)
		}
	}
}
