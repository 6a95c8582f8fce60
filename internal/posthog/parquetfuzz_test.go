package posthog

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/parquet"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/parquets"
	"ph2cio/internal/testkit/sources"
)

// FuzzParquet reads files as events. Whatever is in one, the windows in which it is read do not matter, and the second
// pass finds the rows of the first one.
func FuzzParquet(f *testing.F) {
	names, err := filepath.Glob("../../testdata/parquet/*.parquet")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, uint16(500))
	}
	lines, err := os.ReadFile("../../testdata/parquet/events.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for i, layout := range parquets.Layouts() {
		f.Add(parquets.Write(f, parquets.Events(f, lines), layout), uint16(i*100))
	}
	f.Fuzz(func(t *testing.T, file []byte, window uint16) {
		const mostRows = 10_000 // of which a small file may claim to have any number
		if opened, err := parquet.Open(bytes.NewReader(file), int64(len(file))); err == nil && opened.Rows() > mostRows {
			t.Skip()
		}
		store := sources.New(sources.Manners{AnyOffset: true})
		all := []source.Source{store.Put("x.parquet", file)}
		o := Options{window: 1 + int(window), MaxRow: 1 << 20, bombSize: 1 << 20}
		rows, troubles := readOnce(t, all, o)
		troubles = slices.DeleteFunc(troubles, func(e *SourceError) bool { return e.Kind == Warning })
		if len(troubles) > 1 {
			t.Fatal(troubles)
		}
		until, sums, _ := ends(t, all, o)
		second := o
		second.Until = until
		again, errs := trusting(t, all, second, sums)
		errs = slices.DeleteFunc(errs, func(err error) bool {
			trouble, ok := errors.AsType[*SourceError](err)
			return ok && trouble.Kind == Warning
		})
		if diff := cmp.Diff(rows, again); diff != "" || len(errs) > 0 {
			t.Errorf("in the second pass: %v (- first, + second)\n%s", errs, diff)
		}
		o.window = 100_000
		others, _ := readOnce(t, all, o)
		if diff := cmp.Diff(rows, others); diff != "" {
			t.Errorf("in other windows: (- %d bytes, + %d)\n%s", window, o.window, diff)
		}
		if n := store.Unclosed(); n > 0 {
			t.Errorf("%d files are open", n)
		}
	})
}
