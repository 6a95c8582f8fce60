package source

import (
	"os"
	"testing"
	"time"
)

// A version that is 0 would be unknown, and the file would be read again every night.
func TestAFileOfTheFirstSecondHasAVersion(t *testing.T) {
	tree(t, "a.jsonl")
	if err := os.Chtimes("a.jsonl", time.Time{}, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	found, err := Find(t.Context(), []string{"a.jsonl"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now, err := found[0].Now(t.Context())
	if err != nil || !now.Version.Same(found[0].Version) {
		t.Errorf("found in version %v, now %v, %v", found[0].Version, now.Version, err)
	}
}
