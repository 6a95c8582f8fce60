package posthog

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/codec"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
)

// usedRows reads a source as a run does: once more where damage was found too late.
func usedRows(t *testing.T, input source.Source, o Options) ([]row, *SourceError) {
	t.Helper()
	rows, troubles := readRows(t, []source.Source{input}, o)
	if len(troubles) == 0 {
		return rows, nil
	}
	if len(troubles) > 1 {
		t.Fatal(troubles)
	}
	first := troubles[0]
	if first.Doubtful {
		o.Known = troubles
		rows, troubles = readRows(t, []source.Source{input}, o)
		if len(troubles) != 1 || troubles[0].Doubtful || troubles[0].Error() != first.Error() || troubles[0].Sound != first.Sound {
			t.Fatalf("%v, then %v", first, troubles)
		}
	}
	return rows, first
}

func flip(file []byte, at int) []byte {
	file = bytes.Clone(file)
	file[at] ^= 0x10
	return file
}

// A history has the same rows in every compression.
func TestSamplesPackedAreTheSameEvents(t *testing.T) {
	directory := filepath.Join("..", "..", "testdata", "exports")
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(directory, entry.Name()))
		if entry.IsDir() || strings.HasSuffix(entry.Name(), ".gz") {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		want, wantTroubles := readRows(t, []source.Source{sourceOf(t, "plain", text)}, Options{})
		for _, p := range packing.All {
			for _, cut := range []int{len(text), 700} {
				got, troubles := readRows(t, []source.Source{sourceOf(t, "packed", p.Pack(t, text, cut))}, Options{})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s in %s, cut at %d: (- plain, + packed)\n%s", entry.Name(), p.Name, cut, diff)
				}
				if diff := cmp.Diff(kinds(wantTroubles), kinds(troubles)); diff != "" {
					t.Errorf("%s in %s: %s (%v)", entry.Name(), p.Name, diff, troubles)
				}
			}
		}
	}
}

func kinds(troubles []*SourceError) (all []string) {
	for _, one := range troubles {
		all = append(all, fmt.Sprint(one.Kind, " ", one.Err))
	}
	return all
}

// Damage of a file is reported, and the rows before it are used.
func TestDamageInEveryCodec(t *testing.T) {
	const (
		fine = iota
		reported
		wrong
	)
	text := makeRows(300) // more than is held back with these windows
	all := rowsOf(t, mustCut(t, text))
	for _, p := range packing.All {
		least, most := 0, 70 // with a damaged part in the middle
		if p.Resyncs {
			least, most = 95, 99
		}
		one, many := p.Pack(t, text, len(text)), p.Pack(t, text, 5000)
		for _, test := range []struct {
			name        string
			file        []byte
			want        int
			least, most int // rows, in percent
		}{
			{"whole", one, fine, 100, 100},
			{"many parts", many, fine, 100, 100},
			{"one part, half", one[:len(one)/2], wrong, 0, 99},
			{"many parts, half", many[:len(many)/2-1], wrong, 30, 70},
			{"one part, without the last 4 bytes", one[:len(one)-4], wrong, 0, 100},
			{"many parts, without the last 4 bytes", many[:len(many)-4], wrong, 95, 100},
			{"one part, a bit flipped", flip(one, len(one)/2), wrong, 0, 70},
			{"many parts, a bit flipped", flip(many, len(many)/2), wrong, least, most},
			{"many parts, the last one wrong", flip(many, len(many)-50), wrong, 0, 100},
			{"a line end after it", append(bytes.Clone(many), '\n'), fine, 100, 100},
			{"zeros after it", append(bytes.Clone(one), make([]byte, 100)...), fine, 100, 100},
			{"a few bytes after it", append(bytes.Clone(many), "garbage at the end"...), reported, 100, 100},
			{"many bytes after it", append(bytes.Clone(one), strings.Repeat("garbage ", 20)...), wrong, 100, 100},
		} {
			t.Run(p.Name+"/"+test.name, func(t *testing.T) {
				if p.NoSums && strings.Contains(test.name, "flipped") {
					test.file = append(test.file[:len(test.file)/2], bytes.Repeat([]byte{0xff}, 500)...)
				}
				rows, trouble := usedRows(t, sourceOf(t, "x.jsonl", test.file), Options{window: 10_000})
				is := fine
				if trouble != nil && trouble.Kind == Warning {
					is = reported
				} else if trouble != nil && trouble.Kind == Damaged && trouble.Advice != "" {
					is = wrong
				}
				if is != test.want {
					t.Fatalf("%v", trouble)
				}
				if n := len(rows); n < len(all)*test.least/100 || n > len(all)*test.most/100 {
					t.Errorf("%d rows of %d: %v", n, len(all), trouble)
				}
				next := 0
				for i := range rows {
					for p.Resyncs && next < len(all) && all[next].UUID != rows[i].UUID {
						next++ // it is lost
					}
					rows[i].Ref, rows[i].Line = all[next].Ref, all[next].Line
					if diff := cmp.Diff(all[next], rows[i]); diff != "" {
						t.Fatalf("row %d: %s", i, diff)
					}
					next++
				}
			})
		}
	}
}

func mustCut(t *testing.T, text []byte) []*Chunk {
	t.Helper()
	chunks, refused := cutBytes(text, Options{})
	if refused != nil {
		t.Fatal(refused)
	}
	return chunks
}

// Text before damage that was found late is used only with Options.AcceptDamaged.
func TestAcceptDamaged(t *testing.T) {
	text := makeRows(800)
	for _, p := range packing.All {
		if p.Small || p.NoSums {
			continue
		}
		file := p.Pack(t, text, len(text))
		at := len(file) - 6 // in the checksum, or at the end of the text
		if p.Name == "zstd" {
			at = len(file) - 2 // whose last block would be lost with it
		}
		file = flip(file, at)
		input := sourceOf(t, "x", file)
		rows, trouble := usedRows(t, input, Options{window: 20_000})
		if len(rows) > 0 || trouble == nil || trouble.Sound != 0 || !strings.Contains(trouble.Error(), "nothing in the file is used") {
			t.Errorf("%s: %d rows, %v", p.Name, len(rows), trouble)
		}
		o := Options{window: 20_000, AcceptDamaged: true}
		rows, trouble = usedRows(t, input, o)
		least := len(text) / 1700 // rows
		if len(rows) < least || trouble == nil || trouble.Doubtful || !strings.Contains(trouble.Error(), "what can be read of it is used") {
			t.Errorf("%s: accepted %d rows, %v", p.Name, len(rows), trouble)
		}
		until, sums, first := ends(t, []source.Source{input}, o)
		o.Until = until
		second, errs := trusting(t, []source.Source{input}, o, sums)
		if len(errs) > 0 {
			t.Errorf("%s: %v", p.Name, errs)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s: %s", p.Name, diff)
		}
	}
}

// A reading that knows the damage of a source has the same rows as the next one, with windows of any size.
func TestAReadingThatKnowsOfDamage(t *testing.T) {
	text := makeRows(800)
	for _, p := range packing.All {
		file := p.Pack(t, text, 300_001) // cut within rows
		file = append(file[:len(file)*3/4], bytes.Repeat([]byte{0xff}, 500)...)
		input := sourceOf(t, "x", file)
		o := Options{window: 20_000}
		_, troubles := readRows(t, []source.Source{input}, o)
		if len(troubles) != 1 {
			t.Errorf("%s: %v", p.Name, troubles)
			continue
		}
		o.Known = troubles
		until, sums, first := ends(t, []source.Source{input}, o)
		if until[0] > troubles[0].Sound {
			t.Errorf("%s: read up to %d of %d", p.Name, until[0], troubles[0].Sound)
		}
		o.Known, o.Until = nil, until
		second, errs := trusting(t, []source.Source{input}, o, sums)
		if len(errs) > 0 {
			t.Errorf("%s: %v", p.Name, errs)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s: %s", p.Name, diff)
		}
	}
}

func TestCodecsGoByContent(t *testing.T) {
	text := numbered("a", 20)
	for _, p := range packing.All {
		for _, name := range []string{"x", "x.jsonl", "x.gz", "x.br", "x.zst", "x.csv"} {
			rows, troubles := readRows(t, []source.Source{sourceOf(t, name, p.Pack(t, text, len(text)))}, Options{})
			if len(rows) != 20 || len(troubles) > 0 {
				t.Errorf("%s named %s: %d rows, %v", p.Name, name, len(rows), troubles)
			}
		}
	}
	for _, name := range []string{"x.gz", "x.br", "x.zst", "x.lz4", "x.sz"} {
		if rows, troubles := readRows(t, []source.Source{sourceOf(t, name, text)}, Options{}); len(rows) != 20 || len(troubles) > 0 {
			t.Errorf("text named %s: %d rows, %v", name, len(rows), troubles)
		}
		if rows, troubles := readRows(t, []source.Source{sourceOf(t, name, nil)}, Options{}); len(rows) > 0 || len(troubles) > 0 {
			t.Errorf("nothing named %s: %d rows, %v", name, len(rows), troubles)
		}
	}
}

func TestNothingPackedIsNothing(t *testing.T) {
	for _, p := range packing.All {
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x.br", p.Pack(t, nil, 1))}, Options{})
		if len(rows) > 0 || len(troubles) > 0 {
			t.Errorf("%s: %d rows, %v", p.Name, len(rows), troubles)
		}
	}
}

// A last row without a newline is read even if a warning about its source follows.
func TestLastRowBeforeAFewBytes(t *testing.T) {
	text := bytes.TrimSuffix(numbered("a", 3), newline)
	for _, p := range packing.All {
		file := append(p.Pack(t, text, len(text)), "end"...)
		rows, trouble := usedRows(t, sourceOf(t, "x", file), Options{})
		if len(rows) != 3 || trouble == nil || trouble.Kind != Warning {
			t.Errorf("%s: %d rows, %v", p.Name, len(rows), trouble)
		}
	}
}

// Brotli is recognised by the text that it begins with, whatever comes after.
func TestDamagedBrotliIsBrotli(t *testing.T) {
	text := makeRows(20)
	for _, cut := range []int{len(text), 3000} {
		file := packing.Brotli(t, text, cut)
		if len(file) > codec.BrotliHead {
			t.Fatalf("%d bytes are more than are looked at", len(file))
		}
		file = append(file[:len(file)/2], bytes.Repeat([]byte{0xff}, 100)...)
		if _, trouble := usedRows(t, sourceOf(t, "x", file), Options{}); trouble == nil || trouble.Kind != Damaged {
			t.Errorf("%v", trouble)
		}
	}
}

func TestPackedTwiceIsRefusedByName(t *testing.T) {
	for _, inner := range packing.All[:4] {
		for _, outer := range packing.All {
			file := inner.Pack(t, numbered("a", 2000), 1<<20)
			_, troubles := readRows(t, []source.Source{sourceOf(t, "x", outer.Pack(t, file, len(file)))}, Options{})
			if outer.Name == "brotli" { // which is recognised by the text in it
				if len(troubles) != 1 || troubles[0].Kind != Refused {
					t.Errorf("%s in brotli: %v", inner.Name, troubles)
				}
				continue
			}
			if len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), "compressed twice ("+inner.Name) {
				t.Errorf("%s in %s: %v", inner.Name, outer.Name, troubles)
			}
		}
	}
}

func TestOtherCompressionIsRefusedByName(t *testing.T) {
	for _, other := range []struct{ magic, name, tool string }{
		{"\x02\x21\x4c\x18", "lz4's old format", "lz4 -d"}, {"BZh", "bzip2", "bzip2 -d"}, {"\xfd7zXZ\x00", "xz", "xz -d"}, {"7z\xbc\xaf\x27\x1c", "7-Zip", "7z x"},
	} {
		_, troubles := readRows(t, []source.Source{sourceOf(t, "x", []byte(other.magic+"1AY&SY\x00\x01\x02"))}, Options{})
		if len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), other.name) || !strings.Contains(troubles[0].Advice, other.tool) {
			t.Errorf("%s: %v", other.name, troubles)
		}
	}
}

// Frames that hold no text may stand anywhere in zstd and lz4; pzstd writes one before each of its own.
func TestSkippableFrames(t *testing.T) {
	text := numbered("a", 50)
	skipped := []byte("\x53\x2a\x4d\x18\x0c\x00\x00\x00twelve bytes")
	for _, p := range packing.All[1:3] {
		half := len(text) / 2
		file := bytes.Join([][]byte{skipped, skipped, p.Pack(t, text[:half], half), skipped, p.Pack(t, text[half:], half), skipped}, nil)
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x", file)}, Options{})
		if len(rows) != 50 || len(troubles) > 0 {
			t.Errorf("%s: %d rows, %v", p.Name, len(rows), troubles)
		}
		rows, troubles = readRows(t, []source.Source{sourceOf(t, "x", file[:len(file)-5])}, Options{})
		if len(rows) != 50 || len(troubles) != 1 || troubles[0].Kind != Damaged {
			t.Errorf("%s, cut: %d rows, %v", p.Name, len(rows), troubles)
		}
	}
}

func TestChunksSayWhatTheirSourceIsCompressedWith(t *testing.T) {
	for want, file := range map[string][]byte{"": []byte(eventRow), "gzip": packing.Gzip(t, []byte(eventRow), len(eventRow))} {
		input := sourceOf(t, "x", file)
		for chunk, err := range Read(t.Context(), []source.Source{input}, Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			if chunk.Codec != want {
				t.Errorf("codec %q, want %q", chunk.Codec, want)
			}
			chunk.Release()
		}
	}
}
