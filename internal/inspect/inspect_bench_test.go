package inspect

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/testkit/plans"
	"ph2cio/internal/testkit/synthetic"
	"ph2cio/internal/transfer"
)

// BenchmarkInspect measures an inspection and a preview of the same export: the difference is the cost of
// counting.
func BenchmarkInspect(b *testing.B) {
	path := filepath.Join(b.TempDir(), "synthetic.jsonl")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	buffered := bufio.NewWriter(file)
	written, err := synthetic.Write(buffered, synthetic.Options{Rows: 50_000, Seed: 1})
	if err := errors.Join(err, buffered.Flush(), file.Close()); err != nil {
		b.Fatal(err)
	}
	plan := plans.New(b, mapping.Options{}, path)
	b.Run("preview", func(b *testing.B) {
		b.SetBytes(written.Bytes)
		for b.Loop() {
			first, err := transfer.RunFirstPass(b.Context(), plan.Input, plan.Rules)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := transfer.Send(b.Context(), first, transfer.DryRun(nil)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("inspect", func(b *testing.B) {
		b.SetBytes(written.Bytes)
		for b.Loop() {
			if _, err := Run(b.Context(), plan.Input, plan.Rules, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
