package transfer

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/testkit/synthetic"
)

// syntheticText returns generated rows.
func syntheticText(t *testing.T, rows int64) []byte {
	t.Helper()
	text, err := os.ReadFile(writeSynthetic(t, synthetic.Options{Rows: rows, People: 50, Seed: 3}))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func gzipMember(t *testing.T, text []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	w := gzip.NewWriter(&file)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func zstdFrame(t *testing.T, text []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(text, nil)
}

// A checksum comes after its text: rows that had been used before it turned out wrong are neither sent nor
// known.
func TestRowsOfADamagedPartAreNotUsed(t *testing.T) {
	good := syntheticText(t, 400)
	bad := bytes.ReplaceAll(syntheticText(t, 12_000), []byte(`"distinct_id":"`), []byte(`"distinct_id":"damaged_`))
	if len(bad) < 12<<20 {
		t.Fatalf("%d bytes are too few to be handed on before their checksum", len(bad))
	}
	flip := func(file []byte, fromEnd int) []byte {
		file[len(file)-fromEnd] ^= 1
		return file
	}
	for name, file := range map[string][]byte{
		"gzip, its checksum":      append(gzipMember(t, good), flip(gzipMember(t, bad), 8)...),
		"gzip, a bit in the text": append(gzipMember(t, good), flip(gzipMember(t, bad), 300_000)...),
		"zstd, its checksum":      append(zstdFrame(t, good), flip(zstdFrame(t, bad), 4)...),
		"zstd, a bit in the text": append(zstdFrame(t, good), flip(zstdFrame(t, bad), 300_000)...),
	} {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			path := filepath.Join(directory, "a")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(directory, "b"), good, 0o600); err != nil {
				t.Fatal(err)
			}
			want, _ := runOn(t, posthog.Options{}, writeTwice(t, good))
			got, operations := runOn(t, posthog.Options{}, directory)
			if got.Rows.Read != want.Rows.Read || got.Rows.Sent != want.Rows.Sent || got.People.DistinctIDs != want.People.DistinctIDs {
				t.Errorf("%+v and %d IDs, want %+v and %d", got.Rows, got.People.DistinctIDs, want.Rows, want.People.DistinctIDs)
			}
			if strings.Contains(operations, "damaged_") {
				t.Error("something of the damaged part was sent")
			}
			if trouble := got.Sources[0].Trouble; !strings.Contains(trouble, "and the rest is left out") || got.Sources[1].Trouble != "" {
				t.Errorf("%+v", got.Sources)
			}
			accepted, operations := runOn(t, posthog.Options{AcceptDamaged: true}, directory)
			if accepted.Rows.Read < got.Rows.Read+1000 || !strings.Contains(operations, "damaged_") || accepted.Sources[0].Trouble == "" {
				t.Errorf("accepted: %+v, %+v", accepted.Rows, accepted.Sources)
			}
		})
	}
}

// writeTwice writes two files with the same text, and returns their directory.
func writeTwice(t *testing.T, text []byte) string {
	t.Helper()
	directory := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(directory, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

// runOn makes both passes over a file, and also returns the operations.
func runOn(t *testing.T, read posthog.Options, path string) (*Summary, string) {
	t.Helper()
	plan := newPlan(t, mapping.Options{}, path)
	plan.Read = read
	return plan.sent(t)
}
