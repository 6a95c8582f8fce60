package source

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// TestManyFilesOfOneSizeAndTime finds files that have the same size and modification time, such as empty
// files that a copy program has set the time of. If each were compared with all others, hundreds of thousands
// of them would take minutes.
func TestManyFilesOfOneSizeAndTime(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("this system tells files apart by nothing else unless they are opened")
	}
	const files = 2_000
	dir, at := t.TempDir(), time.Unix(1772000000, 0)
	for i := range files {
		path := filepath.Join(dir, fmt.Sprintf("%05d.jsonl", i))
		err := os.WriteFile(path, nil, 0o600)
		if err == nil {
			err = os.Chtimes(path, at, at)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	keys := map[fileKey]bool{}
	found, err := List(t.Context(), []string{dir}, Options{})
	if err != nil || len(found.Sources) != files {
		t.Fatalf("%d sources, %v", len(found.Sources), err)
	}
	for _, one := range found.Sources {
		info, err := os.Stat(one.Name)
		if err != nil {
			t.Fatal(err)
		}
		keys[keyOf(info)] = true
	}
	if len(keys) != files {
		t.Errorf("%d files have %d different keys", files, len(keys))
	}
}
