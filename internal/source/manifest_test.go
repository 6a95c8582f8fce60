package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestManifestsTellWhatIsMissing(t *testing.T) {
	const first, second = "2026-03-04T00_00_00+00_00-0.jsonl.gz", "2026-03-04T00_00_00+00_00-1.jsonl.gz"
	listing := `{"files":["bucket/prefix/` + first + `","bucket/prefix/` + second + `"]}`
	tests := []struct {
		name     string
		manifest string
		there    []string
		sources  []string
		missing  []string
		searched []string // what is missing if the directory is searched
		err      string
	}{
		{"complete", listing, []string{first, second}, []string{first, second}, nil, nil, ""},
		{"one is missing", listing, []string{first}, []string{first}, []string{second}, []string{second}, ""},
		{"one is there and not asked for", listing, []string{first, second}, []string{first}, nil, nil, ""},
		{"one is there, decompressed", listing, []string{first, strings.TrimSuffix(second, ".gz")}, []string{first}, nil, nil, ""},
		{"of another export", listing, []string{"other.jsonl"}, []string{"other.jsonl"}, nil, []string{first, second}, ""},
		{"indented, as Azure's", strings.ReplaceAll(listing, ",", ",\n  "), []string{second}, []string{second}, []string{first}, []string{first}, ""},
		{"empty", `{"files":[]}`, []string{first}, []string{first}, nil, nil, ""},
		{"no manifest after all", `[1]`, []string{first}, []string{first}, nil, nil, ""},
		{"cut off", `{"files":["` + first, []string{first}, []string{first}, nil, nil, "_manifest.json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) string {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			manifest := write("2026-03-04_manifest.json", test.manifest)
			for _, name := range test.there {
				write(name, "")
			}
			var sources []Source
			for _, name := range test.sources {
				sources = append(sources, Source{Name: filepath.Join(dir, name)})
			}
			found, err := (&Snapshot{Sources: sources}).Incomplete(t.Context(), nil)
			checkIncomplete(t, found, err, manifest, test.missing, test.err)
			if len(test.there) == len(test.sources) {
				searched, err := List(t.Context(), []string{dir}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				found, err = searched.Incomplete(t.Context(), nil)
				checkIncomplete(t, found, err, manifest, test.searched, test.err)
			}
		})
	}
}

func checkIncomplete(t *testing.T, found []*Incomplete, err error, manifest string, missing []string, fail string) {
	t.Helper()
	if fail == "" && err != nil || fail != "" && (err == nil || !strings.Contains(err.Error(), fail)) {
		t.Fatalf("error %v, want %q", err, fail)
	}
	if missing == nil {
		if len(found) > 0 {
			t.Fatalf("found %v", found)
		}
		return
	}
	info, err := os.Stat(manifest)
	if err != nil {
		t.Fatal(err)
	}
	want := []*Incomplete{{Manifest: manifest, Missing: missing, Files: 2, Since: info.ModTime().UTC()}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	if text := found[0].Error(); !strings.Contains(text, missing[0]) || !strings.Contains(text, manifest) {
		t.Errorf("it says %q", text)
	}
}

// TestManifestFromTheFuture gives a manifest a modification time in the future, and expects the time at which
// it was really written.
func TestManifestFromTheFuture(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "2026-03-04_manifest.json")
	if err := os.WriteFile(manifest, []byte(`{"files":["2026-03-04-0.jsonl"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "other.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	future := time.Now().Add(1000 * time.Hour)
	if err := os.Chtimes(manifest, future, future); err != nil {
		t.Fatal(err)
	}
	searched, err := List(t.Context(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := searched.Incomplete(t.Context(), nil)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if ahead := time.Until(found[0].Since); ahead > time.Minute || ahead < -time.Hour {
		t.Errorf("written %v from now", ahead)
	}
}
