package posthog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/source"
)

// reported describes a reading, in order: the place and text of each chunk, and the message of each error.
func reported(t *testing.T, sources []source.Source, o Options) (all []string, ends []int64) {
	t.Helper()
	ends = make([]int64, len(sources))
	for c, err := range Read(t.Context(), sources, o) {
		if err != nil {
			all = append(all, err.Error())
			continue
		}
		var rows strings.Builder
		for e, bad := range c.Events() {
			if bad != nil {
				rows.WriteString(fmt.Sprintf(" %d bad: %s", bad.Line, bad.Detail))
				continue
			}
			rows.WriteString(fmt.Sprintf(" %d %s", e.Line, e.Name))
		}
		all = append(all, fmt.Sprint(c.Number, c.Source, c.Ref, c.Line, c.End, c.Shape, c.Codec, c.Sum(), rows.String()))
		ends[c.Source] = c.End
		c.Release()
	}
	return all, ends
}

// asLarge makes sources look too large to be read with their neighbours.
func asLarge(sources []source.Source) []source.Source {
	large := make([]source.Source, len(sources))
	for i, s := range sources {
		large[i] = source.Source{Name: s.Name, Size: smallFile + 1}
	}
	return large
}

func TestSmallFilesAreReadAsLargeOnesAre(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	kinds := []func(i int) []byte{
		func(i int) []byte { return numbered(fmt.Sprintf("f%d_", i), random.IntN(60)) },
		func(i int) []byte { return numbered(fmt.Sprintf("f%d_", i), 1200) }, // more than smallFile
		func(int) []byte { return []byte("{\"event\":\"a\",\"distinct_id\":\"u\"}\n{\"event\":\"cut off\"") },
		func(int) []byte { return []byte("event,distinct_id,timestamp\na,u,2026-01-01\n\"b\",u,2026-01-02") },
		func(int) []byte { return zip(t, numbered("z", 20), true) },
		func(int) []byte { return []byte("\x00\xff\xfe no text") },
		func(int) []byte { return []byte("{\"event\":\"\xff\",\"distinct_id\":\"u\"}\n") },
		func(int) []byte { return []byte(`[{"event":"in a list","distinct_id":"u"},`) },
		func(int) []byte { return []byte("a,b\n1,2\n") },
		func(int) []byte { return nil },
	}
	var sources []source.Source
	for i := range 300 {
		sources = append(sources, sourceOf(t, fmt.Sprintf("%03d", i), kinds[random.IntN(len(kinds))](i)))
	}
	sources = append(sources, source.Source{Name: "/gone/away", Size: 100})
	want, ends := reported(t, asLarge(sources), Options{})
	got, smallEnds := reported(t, sources, Options{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ends, smallEnds); diff != "" {
		t.Error(diff)
	}
	again, _ := reported(t, asLarge(sources), Options{Until: ends})
	got, _ = reported(t, sources, Options{Until: ends})
	if diff := cmp.Diff(again, got); diff != "" {
		t.Error("second reading:", diff)
	}
}

func TestSmallFilesThatChangeAreSeenTo(t *testing.T) {
	one, two := numbered("a", 3), numbered("b", 2)
	sources := []source.Source{sourceOf(t, "one", one), sourceOf(t, "two", two), sourceOf(t, "three", numbered("c", 1))}
	add(t, sources[1].Name, numbered("added", 1))
	rows, troubles := readRows(t, sources, Options{})
	if diff := cmp.Diff([]string{"a0", "a1", "a2", "b0", "b1", "added0", "c0"}, names(rows)); diff != "" || len(troubles) > 0 {
		t.Error("grown since it was found:", diff, troubles)
	}
	until := []int64{int64(len(one)), int64(len(two)), 0}
	rows, troubles = readRows(t, sources, Options{Until: until})
	if diff := cmp.Diff([]string{"a0", "a1", "a2", "b0", "b1"}, names(rows)); diff != "" || len(troubles) > 0 {
		t.Error("grown since the first reading:", diff, troubles)
	}
	if err := os.Truncate(sources[0].Name, 10); err != nil {
		t.Fatal(err)
	}
	_, troubles = readRows(t, sources, Options{Until: until})
	if len(troubles) != 1 || troubles[0].Kind != Changed || troubles[0].Path != sources[0].Name {
		t.Error("shrunk since the first reading:", troubles)
	}
}

func TestSmallFilesAreLeftWhenTheReaderStops(t *testing.T) {
	var sources []source.Source
	for i := range 600 {
		sources = append(sources, sourceOf(t, fmt.Sprint(i), numbered("a", 5)))
	}
	chunks := 0
	for _, err := range Read(t.Context(), sources, Options{}) {
		if chunks++; err != nil || chunks == 3 {
			break
		}
	}
	if chunks != 3 {
		t.Error(chunks)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, err := range Read(ctx, sources, Options{}) {
		if chunks++; chunks == 10 {
			cancel()
		}
		if err != nil && !errors.Is(err, ctx.Err()) {
			t.Error(err)
		}
	}
}

func add(t *testing.T, path string, text []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = file.Write(text)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}
