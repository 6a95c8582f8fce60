package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/sources"
)

const bucket = "mem://bucket/"

// filled returns a store that has objects of these names in its bucket. The text of each is its name, but for
// manifests, which list one file y.
func filled(names ...string) *sources.Store {
	store := sources.New(sources.Manners{})
	for _, name := range names {
		store.Put(bucket+name, textOf(name))
	}
	return store
}

func textOf(name string) []byte {
	switch {
	case strings.HasSuffix(name, "/"):
		return nil
	case strings.HasSuffix(name, "_manifest.json"):
		return []byte(`{"files":["folder/y"]}`)
	}
	return []byte(name)
}

// names returns the names of sources without what they all begin with.
func names(all []source.Source, root string) (short []string) {
	for _, one := range all {
		short = append(short, strings.TrimPrefix(filepath.ToSlash(one.Name), root))
	}
	return short
}

func TestWhatURLsStandFor(t *testing.T) {
	store := filled("b.jsonl", "a.jsonl.gz", "dir/2.csv", "dir/10.csv", "dir/", "dir/sub/x.jsonl", "dir/.hidden", "dir/.git/config",
		"dir/run_manifest.json", "dir-old/y.jsonl", "odd[1].jsonl", "odd1.jsonl", "2026-03-04T00:00:00+00:00-0.jsonl", ".hidden.jsonl",
		"only/x_manifest.json", "split/day-0.jsonl", "split/day-1.jsonl", "split/day_manifest.json", "a b/c+d:e?\n\xff.jsonl", "top//deep.jsonl")
	for _, test := range []struct {
		name string
		args []string
		want []string
		fail string // what the error must say
	}{
		{"an object", []string{"b.jsonl"}, []string{"b.jsonl"}, ""},
		{"objects in the order given", []string{"b.jsonl", "a.jsonl.gz"}, []string{"b.jsonl", "a.jsonl.gz"}, ""},
		{"all below, sorted, without hidden ones, manifests and what only begins like it", []string{"dir"}, []string{"dir/10.csv", "dir/2.csv", "dir/sub/x.jsonl"}, ""},
		{"the same with a slash", []string{"dir/"}, []string{"dir/10.csv", "dir/2.csv", "dir/sub/x.jsonl"}, ""},
		{"what begins like it, if nothing is below", []string{"di"}, []string{"dir/10.csv", "dir/2.csv", "dir/sub/x.jsonl", "dir-old/y.jsonl"}, ""},
		{"a glob", []string{"o*.jsonl"}, []string{"odd1.jsonl", "odd[1].jsonl"}, ""},
		{"a glob of folders", []string{"dir*/"}, []string{"dir/10.csv", "dir/2.csv", "dir/sub/x.jsonl", "dir-old/y.jsonl"}, ""},
		{"a star stops at a slash", []string{"d*/x.jsonl"}, nil, "no files to read"},
		{"a glob in the middle", []string{"d*/s*/x.jsonl"}, []string{"dir/sub/x.jsonl"}, ""},
		{"a glob for hidden objects", []string{".hid*"}, []string{".hidden.jsonl"}, ""},
		{"a hidden object by name", []string{".hidden.jsonl"}, []string{".hidden.jsonl"}, ""},
		{"an object wins over the glob it could be", []string{"odd[1].jsonl"}, []string{"odd[1].jsonl"}, ""},
		{"whatever characters a key has", []string{"a b/c+d:e?\n\xff.jsonl", "2026-03-04T00:00:00+00:00-0.jsonl"}, []string{"a b/c+d:e?\n\xff.jsonl", "2026-03-04T00:00:00+00:00-0.jsonl"}, ""},
		{"an empty part of a key", []string{"top/"}, []string{"top//deep.jsonl"}, ""},
		{"each object once", []string{"b.jsonl", "b*", "dir/sub", "dir"}, []string{"b.jsonl", "dir/sub/x.jsonl", "dir/10.csv", "dir/2.csv"}, ""},
		{"a part of a split export", []string{"split/day-0.jsonl"}, []string{"split/day-0.jsonl"}, ""},
		{"what is not there", []string{"missing.jsonl"}, nil, `"mem://bucket/missing.jsonl" does not exist`},
		{"an empty folder", []string{"missing/"}, nil, `"mem://bucket/missing/" has no files to read`},
		{"a glob without matches", []string{"*.parquet"}, nil, `has no files to read`},
		{"a broken glob", []string{"[.jsonl"}, nil, `for a literal [`},
		{"a folder of manifests", []string{"only"}, nil, `has no files to read`},
		{"a manifest by name", []string{"dir/run_manifest.json"}, nil, "manifest"},
		{"a manifest beside objects", []string{"dir/2.csv", "dir/run_manifest.json"}, []string{"dir/2.csv"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var args []string
			for _, arg := range test.args {
				args = append(args, bucket+arg)
			}
			found, err := source.Find(t.Context(), args, store.Remote)
			if (err != nil) != (test.fail != "") || err != nil && !strings.Contains(err.Error(), test.fail) {
				t.Fatalf("error %v, want one with %q", err, test.fail)
			}
			if diff := cmp.Diff(test.want, names(found, bucket)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if calls := store.Calls(); calls.Open > 3 || calls.Look > 0 { // only manifests that an argument names
		t.Errorf("%+v", calls)
	}
}

func TestABucketIsAFolder(t *testing.T) {
	store := filled("x/a.jsonl", "b.jsonl")
	for _, arg := range []string{"mem://bucket", "mem://bucket/", "mem://bucket/*"} {
		found, err := source.Find(t.Context(), []string{arg}, store.Remote)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"b.jsonl", "x/a.jsonl"}, names(found, bucket)); diff != "" {
			t.Errorf("%s: %s", arg, diff)
		}
	}
	if _, err := source.Find(t.Context(), []string{"mem://buck*/x/"}, store.Remote); err == nil || !strings.Contains(err.Error(), "cannot be a glob") {
		t.Errorf("a glob of buckets: %v", err)
	}
	if _, err := source.Find(t.Context(), []string{"mem://empty"}, store.Remote); err == nil || !strings.Contains(err.Error(), "no files to read") {
		t.Errorf("an empty bucket: %v", err)
	}
}

func TestAStoreThatCannotBeListed(t *testing.T) {
	store := filled("a.jsonl")
	store.Down = errors.New("access denied")
	if _, err := source.Find(t.Context(), []string{bucket}, store.Remote); !errors.Is(err, store.Down) || !strings.Contains(err.Error(), `source "mem://bucket/"`) {
		t.Errorf("%v", err)
	}
	_, err := source.Find(t.Context(), []string{"mem://KEY:SECRET@bucket/a.jsonl"}, store.Remote)
	if err == nil || strings.Contains(err.Error(), "KEY") || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "no password") {
		t.Errorf("a URL with a password: %v", err)
	}
	if _, err := source.Find(t.Context(), []string{"https://example.com/"}, store.Remote); err == nil || !strings.Contains(err.Error(), "only mem:// can be read") {
		t.Errorf("%v", err)
	}
}

// seen is a snapshot with names in place of paths and URLs.
type seen struct {
	Sources, Strays, Downloads, Manifests []string
	Mixed                                 []source.Mixed
	Excluded, Directories                 int
	Beside                                []bool
	Missing                               []string
	Err                                   string
}

// seenOf finds sources, and returns what was found without the root of their names.
func seenOf(t *rapid.T, root, arg string, options source.Options) seen {
	t.Helper()
	found, err := source.List(context.Background(), []string{root + arg}, options)
	cut := func(all []string) (short []string) {
		for _, one := range all {
			short = append(short, strings.TrimPrefix(filepath.ToSlash(one), root))
		}
		slices.Sort(short)
		return short
	}
	if err != nil {
		return seen{Err: strings.ReplaceAll(err.Error(), root, "")}
	}
	s := seen{
		Sources: names(found.Sources, root), Strays: cut(found.Strays), Downloads: cut(found.Downloads), Manifests: cut(found.Manifests),
		Excluded: found.Excluded, Directories: found.ExcludedDirectories,
	}
	for _, one := range found.Sources {
		s.Beside = append(s.Beside, one.Beside)
	}
	incomplete, err := found.Incomplete(context.Background(), nil)
	if err != nil {
		s.Err = err.Error()
	}
	for _, one := range incomplete {
		s.Missing = append(s.Missing, cut([]string{one.Manifest})[0]+": "+strings.Join(one.Missing, ", "))
	}
	slices.Sort(s.Missing)
	return s
}

// TestAStoreIsFoundAsADirectory puts the same names into a directory and into a store, and looks for the same.
func TestAStoreIsFoundAsADirectory(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", "a-b", "a.jsonl", ".env", ".h", "old", "x", "y.gz", "day_manifest.json", "b.part", "notes~"})
	rounds := 0
	rapid.Check(t, func(r *rapid.T) {
		if rounds++; rounds > 300 {
			return
		}
		dir := t.TempDir() + "/"
		store := sources.New(sources.Manners{})
		for _, parts := range rapid.SliceOfN(rapid.SliceOfN(part, 1, 3), 1, 8).Draw(r, "names") {
			name := strings.Join(parts, "/")
			if slices.Contains(parts[:len(parts)-1], "y.gz") {
				continue // a directory of that name would count as the file that manifests list
			}
			if os.MkdirAll(dir+path.Dir(name), 0o700) != nil || os.WriteFile(dir+name, textOf(name), 0o600) != nil {
				continue // a file has the name of a directory
			}
			store.Put(bucket+name, textOf(name))
		}
		arg := rapid.SampledFrom([]string{"a/", "a", "*", "a*", "*/*", "a/x", "old", ".*", "x/day_manifest.json", "a/a/a"}).Draw(r, "argument")
		exclude := rapid.SampledFrom([]string{"", "old", "old/", "a/x", "*.gz", "a/", "x"}).Draw(r, "exclude")
		options := source.Options{
			Recognise: func(_ context.Context, s source.Source) source.Content {
				return source.Content{Stray: strings.HasSuffix(s.Name, "b")}
			},
		}
		if exclude != "" {
			options.Exclude = func(name string) bool {
				matched, _ := path.Match(exclude, name)
				return matched
			}
		}
		want := seenOf(r, dir, arg, options)
		options.Remote = store.Remote
		got := seenOf(r, bucket, arg, options)
		if want.Err != "" && (got.Err != "" || strings.Contains(want.Err, "does not exist")) {
			return // a store may have what begins like it
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Errorf("%s without %q: %s", arg, exclude, diff)
		}
	})
}

// TestManifestsOfAStore tells an incomplete export, also by the URL of one of its parts, and opens no
// manifest that is known to be complete.
func TestManifestsOfAStore(t *testing.T) {
	store := sources.New(sources.Manners{})
	store.Put(bucket+"x/day-0.jsonl.gz", []byte("0"))
	store.Put(bucket+"x/other-7.jsonl.gz", []byte("0"))
	store.Now = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	manifest := store.Put(bucket+"x/day_manifest.json", []byte(`{"files":["any/x/day-0.jsonl.gz","any/x/day-1.jsonl.gz"]}`))
	want := []*source.Incomplete{{Manifest: manifest.Name, Missing: []string{"day-1.jsonl.gz"}, Files: 2, Since: store.Now}}
	for _, arg := range []string{"x/", "x/day-0.jsonl.gz", "x/*-0*", "x/d"} {
		found, err := source.List(t.Context(), []string{bucket + arg}, source.Options{Remote: store.Remote})
		if err != nil {
			t.Fatal(err)
		}
		incomplete, err := found.Incomplete(t.Context(), nil)
		if diff := cmp.Diff(want, incomplete); diff != "" || err != nil {
			t.Errorf("%s: %v %s", arg, err, diff)
		}
		opened := store.Opened()
		incomplete, err = found.Incomplete(t.Context(), func(one source.Source) bool { return one == manifest })
		if len(incomplete) > 0 || err != nil || store.Opened() > opened {
			t.Errorf("%s: one that is known to be complete: %v, %v, opened %d", arg, incomplete, err, store.Opened()-opened)
		}
	}
	store.Put(bucket+"x/day-1.jsonl", []byte("1")) // decompressed
	found, err := source.List(t.Context(), []string{bucket}, source.Options{Remote: store.Remote})
	if err != nil {
		t.Fatal(err)
	}
	if incomplete, err := found.Incomplete(t.Context(), nil); len(incomplete) > 0 || err != nil {
		t.Errorf("%v, %v", incomplete, err)
	}
	store.Put(bucket+"x/events_manifest.json", []byte(`{"event":"x"}`))
	found, err = source.List(t.Context(), []string{bucket}, source.Options{Remote: store.Remote})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := found.Incomplete(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "events_manifest.json is named like a manifest") {
		t.Errorf("what is only called a manifest: %v", err)
	}
	if named, err := source.Find(t.Context(), []string{bucket + "x/events_manifest.json"}, store.Remote); err != nil || len(named) != 1 {
		t.Errorf("named itself: %v, %v", named, err)
	}
}

// TestLookingInAStore asks a store only about what it has not listed, lists a folder of which much is asked,
// and takes for gone only what the store says is not there.
func TestLookingInAStore(t *testing.T) {
	store := filled("x/a.jsonl", "x/.hidden", "y/b.jsonl", "y/c.jsonl")
	found, err := source.List(t.Context(), []string{bucket + "x"}, source.Options{Remote: store.Remote})
	if err != nil {
		t.Fatal(err)
	}
	calls := store.Calls()
	for name, want := range map[string]bool{"x/a.jsonl": true, "x/.hidden": true, "x/gone": false, "y/b.jsonl": true, "y/gone": false} {
		if one, there := found.Look(t.Context(), bucket+name); there != want || there && one.Version.Tag == "" {
			t.Errorf("%s: %v, %t", name, one, there)
		}
		if searched := found.Searched(bucket + name); searched != strings.HasPrefix(name, "x/") {
			t.Errorf("%s counts as searched: %t", name, searched)
		}
	}
	if now := store.Calls(); now.Look != calls.Look+2 || now.List != calls.List {
		t.Errorf("asked %+v, before %+v", now, calls)
	}
	for i := range 1000 {
		if _, there := found.Look(t.Context(), fmt.Sprint(bucket, "y/", i)); there {
			t.Errorf("y/%d is there", i)
		}
	}
	if _, there := found.Look(t.Context(), bucket+"y/c.jsonl"); !there {
		t.Error("y/c.jsonl is gone")
	}
	if now := store.Calls(); now.Look > calls.Look+30 || now.List != calls.List+1 {
		t.Errorf("asked %+v, before %+v", now, calls)
	}
	store.Down = errors.New("access denied")
	alone := source.NewSnapshot(store.Remote, nil)
	if one, there := alone.Look(t.Context(), bucket+"y/b.jsonl"); !there || one.In != store {
		t.Errorf("a source of a store that does not answer: %v, %t", one, there)
	}
	if alone.Searched(bucket + "y/b.jsonl") {
		t.Error("a snapshot of nothing has searched")
	}
}

func TestNamesThatAreURLs(t *testing.T) {
	for _, test := range []struct {
		name, dir, base, sibling string
		url                      bool
	}{
		{"s3://bucket/a b/c+d:e.jsonl", "s3://bucket/a b", "c+d:e.jsonl", "s3://bucket/a b/x", true},
		{"s3://bucket/c", "s3://bucket", "c", "s3://bucket/x", true},
		{"s3://bucket/a//../c", "s3://bucket/a//..", "c", "s3://bucket/a//../x", true},
		{"s3://bucket", "s3://bucket", "bucket", "s3://bucket/x", true},
		{"a/b", "a", "b", "a/x", false},
		{"://x", ":", "x", ":/x", false},
		{"a b://x", "a b:", "x", "a b:/x", false},
	} {
		if source.IsURL(test.name) != test.url {
			t.Errorf("%s is a URL: %t", test.name, !test.url)
		}
		dir, base, sibling := source.Dir(test.name), source.Base(test.name), source.Sibling(test.name, "x")
		if filepath.ToSlash(dir) != test.dir || base != test.base || filepath.ToSlash(sibling) != test.sibling {
			t.Errorf("%s is %s in %s, beside %s", test.name, base, dir, sibling)
		}
		if test.url && source.Absolute(test.name) != test.name {
			t.Errorf("%s becomes %s", test.name, source.Absolute(test.name))
		}
	}
}

// TestSourcesWhoseStoreCannotBeFound looks for an object that an earlier run has read, with options by which
// no store can be used. It counts as there, and reading it says why.
func TestSourcesWhoseStoreCannotBeFound(t *testing.T) {
	wrong := errors.New("the endpoint is no URL")
	remote := func(string) (source.Lister, error) { return nil, wrong }
	one, there := source.NewSnapshot(remote, nil).Look(t.Context(), "mem://bucket/a.jsonl")
	if !there || one.Name != "mem://bucket/a.jsonl" {
		t.Fatal(one, there)
	}
	for range 2 {
		_, opened := one.Open(t.Context(), 0)
		_, looked := one.Now(t.Context())
		for _, err := range []error{opened, looked} {
			if !errors.Is(err, wrong) || !errors.Is(err, source.ErrUnavailable) || !strings.HasSuffix(err.Error(), wrong.Error()) {
				t.Error(err)
			}
		}
	}
}

// TestNothingIsListedTwice finds the same objects for several snapshots.
func TestNothingIsListedTwice(t *testing.T) {
	store := sources.New(sources.Manners{})
	for _, key := range []string{"x/a.jsonl", "x/b.csv", "x/c", "x/d-0.jsonl", "x/d_manifest.json", "y/a.jsonl"} {
		store.Put(bucket+key, []byte(`{"files":["d-0.jsonl","d-1.jsonl"]}`))
	}
	shared := &source.Listings{}
	for _, test := range []struct {
		arg   string
		lists int // more than before
		found int
	}{
		{"x/b.csv", 1, 1}, {"x/b.csv", 0, 1}, {"x", 1, 4}, {"x/", 0, 4}, {"x/c", 0, 1}, {"x/*.jsonl", 0, 2}, {"y/a.jsonl", 1, 1}, {"", 1, 5}, {"y", 0, 1},
	} {
		before := store.Calls().List
		found, err := source.List(t.Context(), []string{bucket + test.arg}, source.Options{Remote: store.Remote, Listings: shared})
		if err != nil {
			t.Fatal(err)
		}
		if lists := store.Calls().List - before; lists != test.lists || len(found.Sources) != test.found {
			t.Errorf("%q: %d sources with %d lists, want %d with %d", test.arg, len(found.Sources), lists, test.found, test.lists)
		}
		if missing, err := found.Incomplete(t.Context(), nil); err == nil && len(missing) > 1 {
			t.Errorf("%q: %d exports lack files", test.arg, len(missing))
		}
	}
}

// TestURLsWithASignatureAreRefused: what gives access to an object is neither shown nor kept.
func TestURLsWithASignatureAreRefused(t *testing.T) {
	asked := func(arg string) (source.Lister, error) {
		t.Errorf("%s was looked for", arg)
		return nil, errors.New(arg)
	}
	for _, url := range []string{
		"az://account/container/x?sp=r&sig=SECRET", "https://account.blob.core.windows.net/container/x?sig=SECRET&sp=r",
		"https://bucket.s3.amazonaws.com/x?X-Amz-Signature=SECRET", "https://storage.googleapis.com/bucket/x?X-Goog-Signature=SECRET",
	} {
		_, err := source.Find(t.Context(), []string{url}, asked)
		if err == nil || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "must have no signature") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestWhatASnapshotListsLaterIsItsOwn lets a snapshot list a folder of which its command has listed parts. The
// listings that later snapshots start with stay as they were.
func TestWhatASnapshotListsLaterIsItsOwn(t *testing.T) {
	store := filled("top/a/1.jsonl", "top/b/1.jsonl", "other/1.jsonl")
	shared := &source.Listings{}
	list := func(args ...string) *source.Snapshot {
		t.Helper()
		found, err := source.List(t.Context(), args, source.Options{Remote: store.Remote, Listings: shared})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	snapshot := list(bucket+"top/a/", bucket+"top/b/")
	before := store.Calls().List
	for i := range 40 {
		snapshot.Look(t.Context(), fmt.Sprintf("%stop/%d.jsonl", bucket, i))
	}
	if store.Calls().List == before {
		t.Error("the folder was not listed")
	}
	if found := list(bucket + "other/"); len(found.Sources) != 1 {
		t.Errorf("found %d sources", len(found.Sources))
	}
}
