package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

func TestChunksOfSmallFilesAreCoalescedWithErrorsBetween(t *testing.T) {
	dir := t.TempDir()
	row := []byte(`{"event":"a","distinct_id":"u","properties":{"filler":"` + string(bytes.Repeat([]byte("x"), 10_000)) + "\"}}\n")
	var sources []source.Source
	for i := range 200 {
		text := row
		switch {
		case i == 100:
			text = []byte("no events\n")
		case i > 120:
			text = []byte(`{"event":"a","distinct_id":"u"}` + "\n")
		}
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source.Source{Name: path, Size: int64(len(text))})
	}
	next, groups := 0, 0
	for group, err := range coalesce(posthog.Read(t.Context(), sources, posthog.Options{})) {
		groups++
		if trouble, ok := errors.AsType[*posthog.SourceError](err); ok {
			if next != 100 || trouble.Path != sources[100].Name {
				t.Errorf("%v after %d chunks", err, next)
			}
			next++
			continue
		}
		size := 0
		for _, chunk := range group {
			if chunk.Source != next {
				t.Fatalf("source %d, want %d", chunk.Source, next)
			}
			next++
			size += chunk.Size()
		}
		if len(group) > coalescedChunks || size > coalescedBytes+len(row) {
			t.Errorf("%d chunks, %d bytes together", len(group), size)
		}
	}
	if next != len(sources) || groups > 10 {
		t.Errorf("%d sources came in %d groups", next, groups)
	}
}
