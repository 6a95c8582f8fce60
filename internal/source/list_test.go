package source

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree makes files in a new working directory. The text of each is its own name.
func tree(t *testing.T, names ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		text := name
		if strings.HasSuffix(name, "run_manifest.json") || strings.HasSuffix(name, "/x_manifest.json") {
			text = `{"files":["x"]}`
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFind(t *testing.T) {
	files := []string{"b.jsonl", "a.jsonl.gz", "dir/2.csv", "dir/10.csv", "dir/sub/x.jsonl", "dir/.hidden", "dir/.git/config",
		"dir/run_manifest.json", "odd[1].jsonl", "odd1.jsonl", "2026-03-04T00+00-2026.jsonl", ".hidden.jsonl", "empty/.keep", "only/x_manifest.json",
		"named/events_manifest.json"}
	for _, test := range []struct {
		name string
		args []string
		want []string
		fail string // what the error must say
	}{
		{"files in the order given", []string{"b.jsonl", "a.jsonl.gz"}, []string{"b.jsonl", "a.jsonl.gz"}, ""},
		{"a directory to the bottom, sorted, without hidden files and manifests", []string{"dir"}, []string{"dir/10.csv", "dir/2.csv", "dir/sub/x.jsonl"}, ""},
		{"a directory with a slash", []string{"dir/"}, []string{"dir/10.csv", "dir/2.csv", "dir/sub/x.jsonl"}, ""},
		{"a glob", []string{"*.jsonl"}, []string{"2026-03-04T00+00-2026.jsonl", "b.jsonl", "odd1.jsonl", "odd[1].jsonl"}, ""},
		{"a glob that matches a directory", []string{"d*"}, []string{"dir/10.csv", "dir/2.csv", "dir/sub/x.jsonl"}, ""},
		{"a glob for hidden files", []string{".hid*"}, []string{".hidden.jsonl"}, ""},
		{"a hidden file by name", []string{".hidden.jsonl"}, []string{".hidden.jsonl"}, ""},
		{"a file wins over the glob it could be", []string{"odd[1].jsonl"}, []string{"odd[1].jsonl"}, ""},
		{"each file once", []string{"b.jsonl", "*.jsonl", "./b.jsonl", "dir/sub", "dir"},
			[]string{"b.jsonl", "2026-03-04T00+00-2026.jsonl", "odd1.jsonl", "odd[1].jsonl", "dir/sub/x.jsonl", "dir/10.csv", "dir/2.csv"}, ""},
		{"standard input", []string{"-"}, nil, "read standard input"},
		{"what is not there", []string{"missing.jsonl"}, nil, `"missing.jsonl" does not exist`},
		{"a glob without matches", []string{"*.parquet"}, nil, `"*.parquet" has no files to read`},
		{"a broken glob", []string{"[.jsonl"}, nil, `"[.jsonl"`},
		{"an empty directory", []string{"empty"}, nil, `"empty" has no files to read`},
		{"a directory of manifests", []string{"only"}, nil, `"only" has no files to read`},
		{"a manifest by name", []string{"dir/run_manifest.json"}, nil, "manifest"},
		{"a manifest beside files", []string{"dir/2.csv", "dir/run_manifest.json"}, []string{"dir/2.csv"}, ""},
		{"what is only called a manifest", []string{"named", "named/events_manifest.json"}, []string{"named/events_manifest.json"}, ""},
		{"several mistakes", []string{"missing", "b.jsonl", "-"}, nil, `"missing"`},
		{"nothing", nil, nil, "no source given"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree(t, files...)
			sources, err := Find(t.Context(), test.args, nil)
			if (err != nil) != (test.fail != "") || err != nil && !strings.Contains(err.Error(), test.fail) {
				t.Fatalf("error %v, want one with %q", err, test.fail)
			}
			var got []string
			for _, s := range sources {
				got = append(got, filepath.ToSlash(s.Name))
				if s.Size != int64(len(filepath.ToSlash(s.Name))) {
					t.Errorf("%s: %d bytes", s.Name, s.Size)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFindNamesEveryMistake(t *testing.T) {
	tree(t, "a")
	_, err := Find(t.Context(), []string{"missing1", "a", "missing2"}, nil)
	if err == nil || !strings.Contains(err.Error(), "missing1") || !strings.Contains(err.Error(), "missing2") {
		t.Errorf("%v", err)
	}
}

func TestFindFollowsLinksOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	tree(t, "data/a.jsonl", "other/b.jsonl")
	for link, to := range map[string]string{"data/same.jsonl": "a.jsonl", "data/other": "../other", "data/circle": ".", "linked": "data"} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link("data/a.jsonl", "data/hard.jsonl"); err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string][]string{
		"data":            {"data/a.jsonl", "data/other/b.jsonl"},
		"linked":          {"linked/a.jsonl", "linked/other/b.jsonl"},
		"data/same.jsonl": {"data/same.jsonl"},
	} {
		sources, err := Find(t.Context(), []string{arg, "data"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range sources[:min(len(sources), len(want))] {
			got = append(got, s.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(sources) > 2 {
			t.Errorf("%s: %v\n%s", arg, sources, diff)
		}
	}
	if err := os.Symlink("nowhere", "data/broken"); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), []string{"data"}, nil); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a link to nowhere: %v", err)
	}
}

// TestWhereAFileWasLookedFor has a directory that was searched, one of which one file was named, and others.
func TestWhereAFileWasLookedFor(t *testing.T) {
	tree(t, "all/a", "all/deep/b", "named/c", "named/deep/d", "others/e")
	found, err := List(t.Context(), []string{"all", "named/c"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"all/gone": true, "all/deep/gone": true, "all/gone/gone": true, "named/gone": true, "named/deep/gone": false, "others/gone": false, "gone": false,
	} {
		if found.Searched(Absolute(name)) != want {
			t.Errorf("%s counts as searched: %t, want %t", name, !want, want)
		}
	}
	if !found.Searched("standard input") || (&Snapshot{}).Searched(Absolute("all/gone")) {
		t.Error("what is in no directory must count as searched, and nothing in an empty snapshot")
	}
}
