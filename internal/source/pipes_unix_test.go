//go:build unix

package source

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// A pipe is refused as such, whatever its name, and nothing is read from it.
func TestAPipeIsNoManifest(t *testing.T) {
	t.Chdir(t.TempDir())
	const name = "x_manifest.json"
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(name, os.O_RDWR, 0) // so that opening it does not wait if it is opened
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if _, err := pipe.WriteString(`{"files":[`); err != nil {
		t.Fatal(err)
	}
	if isManifest(name) {
		t.Fatal("it is taken for a manifest")
	}
	if _, err := Find(t.Context(), []string{name}, nil); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("it is named as a source: %v", err)
	}
}
