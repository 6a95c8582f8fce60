package posthog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"ph2cio/internal/source"
)

// packer compresses text, a part of its own for each cut bytes of it.
type packer struct {
	name string
	pack func(tb testing.TB, text []byte, cut int) []byte
	open func(input) textReader

	noEnd  bool // a file that was cut between two parts looks whole
	noSums bool // damage that still makes sense is not noticed
	goesOn bool // damage costs the part that it is in
	small  bool // checksums are of so little text that each is compared before the text is handed on
}

var packers = []packer{
	{name: "gzip", pack: members, open: openGzip, goesOn: true},
	{name: "zstd", pack: parts(packZstd), open: openFrames(zstdFrames), goesOn: true},
	{name: "lz4", pack: parts(packLZ4), open: openFrames(lz4Frames), goesOn: true},
	{name: "snappy", pack: parts(packSnappy(s2.WriterSnappyCompat())), open: openSnappy, noEnd: true, small: true},
	{name: "s2", pack: parts(packSnappy()), open: openSnappy, noEnd: true, small: true},
	{name: "brotli", pack: packBrotli, open: openBrotli, noSums: true},
}

// parts compresses each cut bytes by themselves; nothing too.
func parts(pack func(testing.TB, io.Writer) io.WriteCloser) func(testing.TB, []byte, int) []byte {
	return func(tb testing.TB, text []byte, cut int) []byte {
		var file bytes.Buffer
		for first := true; first || len(text) > 0; first = false {
			n := min(cut, len(text))
			w := pack(tb, &file)
			if _, err := w.Write(text[:n]); err != nil {
				tb.Fatal(err)
			}
			if err := w.Close(); err != nil {
				tb.Fatal(err)
			}
			text = text[n:]
		}
		return file.Bytes()
	}
}

func packZstd(tb testing.TB, file io.Writer) io.WriteCloser {
	w, err := zstd.NewWriter(file, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true))
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func packLZ4(tb testing.TB, file io.Writer) io.WriteCloser {
	w := lz4.NewWriter(file)
	if err := w.Apply(lz4.BlockSizeOption(lz4.Block64Kb)); err != nil {
		tb.Fatal(err)
	}
	return w
}

func packSnappy(options ...s2.WriterOption) func(testing.TB, io.Writer) io.WriteCloser {
	return func(_ testing.TB, file io.Writer) io.WriteCloser {
		return s2.NewWriter(file, append(options, s2.WriterConcurrency(1))...)
	}
}

// packBrotli makes one stream and flushes it after each cut bytes, as PostHog does after each row.
func packBrotli(tb testing.TB, text []byte, cut int) []byte {
	var file bytes.Buffer
	w := brotli.NewWriterLevel(&file, 5)
	for len(text) > 0 {
		n := min(cut, len(text))
		w.Write(text[:n])
		w.Flush()
		text = text[n:]
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

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

// One history, packed in every way, is the same rows.
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
		for _, p := range packers {
			for _, cut := range []int{len(text), 700} {
				got, troubles := readRows(t, []source.Source{sourceOf(t, "packed", p.pack(t, text, cut))}, Options{})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s in %s, cut at %d: (- plain, + packed)\n%s", entry.Name(), p.name, cut, diff)
				}
				if diff := cmp.Diff(kinds(wantTroubles), kinds(troubles)); diff != "" {
					t.Errorf("%s in %s: %s (%v)", entry.Name(), p.name, diff, troubles)
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

// What is wrong with a file is told, and what is used of it is the rows that it began with.
func TestDamageInEveryCodec(t *testing.T) {
	const (
		fine = iota
		told
		wrong
	)
	text := makeRows(300) // more than is held back with these windows
	all := rowsOf(t, mustCut(t, text))
	for _, p := range packers {
		least, most := 0, 70 // with a damaged part in the middle
		if p.goesOn {
			least, most = 95, 99
		}
		one, many := p.pack(t, text, len(text)), p.pack(t, text, 5000)
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
			{"a few bytes after it", append(bytes.Clone(many), "garbage at the end"...), told, 100, 100},
			{"many bytes after it", append(bytes.Clone(one), strings.Repeat("garbage ", 20)...), wrong, 100, 100},
		} {
			t.Run(p.name+"/"+test.name, func(t *testing.T) {
				if p.noSums && strings.Contains(test.name, "flipped") {
					test.file = append(test.file[:len(test.file)/2], bytes.Repeat([]byte{0xff}, 500)...)
				}
				rows, trouble := usedRows(t, sourceOf(t, "x.jsonl", test.file), Options{window: 10_000})
				is := fine
				if trouble != nil && trouble.Kind == Warning {
					is = told
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
					for p.goesOn && next < len(all) && all[next].UUID != rows[i].UUID {
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

// The text before damage that was found late is used only when that is asked for.
func TestAcceptDamaged(t *testing.T) {
	text := makeRows(800)
	for _, p := range packers {
		if p.small || p.noSums {
			continue
		}
		file := p.pack(t, text, len(text))
		at := len(file) - 6 // in the checksum, or at the end of the text
		if p.name == "zstd" {
			at = len(file) - 2 // whose last block would be lost with it
		}
		file = flip(file, at)
		input := sourceOf(t, "x", file)
		rows, trouble := usedRows(t, input, Options{window: 20_000})
		if len(rows) > 0 || trouble == nil || trouble.Sound != 0 || !strings.Contains(trouble.Error(), "nothing in the file is used") {
			t.Errorf("%s: %d rows, %v", p.name, len(rows), trouble)
		}
		o := Options{window: 20_000, AcceptDamaged: true}
		rows, trouble = usedRows(t, input, o)
		least := len(text) / 1700 // rows
		if len(rows) < least || trouble == nil || trouble.Doubtful || !strings.Contains(trouble.Error(), "what can be read of it is used") {
			t.Errorf("%s: accepted %d rows, %v", p.name, len(rows), trouble)
		}
		until, sums, first := ends(t, []source.Source{input}, o)
		o.Until = until
		second, errs := trusting(t, []source.Source{input}, o, sums)
		if len(errs) > 0 {
			t.Errorf("%s: %v", p.name, errs)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s: %s", p.name, diff)
		}
	}
}

// A reading that knows of damage is repeated by the next, whatever its windows.
func TestAReadingThatKnowsOfDamage(t *testing.T) {
	text := makeRows(800)
	for _, p := range packers {
		file := p.pack(t, text, 300_001) // cut within rows
		file = append(file[:len(file)*3/4], bytes.Repeat([]byte{0xff}, 500)...)
		input := sourceOf(t, "x", file)
		o := Options{window: 20_000}
		_, troubles := readRows(t, []source.Source{input}, o)
		if len(troubles) != 1 {
			t.Errorf("%s: %v", p.name, troubles)
			continue
		}
		o.Known = troubles
		until, sums, first := ends(t, []source.Source{input}, o)
		if until[0] > troubles[0].Sound {
			t.Errorf("%s: read up to %d of %d", p.name, until[0], troubles[0].Sound)
		}
		o.Known, o.Until = nil, until
		second, errs := trusting(t, []source.Source{input}, o, sums)
		if len(errs) > 0 {
			t.Errorf("%s: %v", p.name, errs)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s: %s", p.name, diff)
		}
	}
}

func TestCodecsGoByContent(t *testing.T) {
	text := numbered("a", 20)
	for _, p := range packers {
		for _, name := range []string{"x", "x.jsonl", "x.gz", "x.br", "x.zst", "x.csv"} {
			rows, troubles := readRows(t, []source.Source{sourceOf(t, name, p.pack(t, text, len(text)))}, Options{})
			if len(rows) != 20 || len(troubles) > 0 {
				t.Errorf("%s named %s: %d rows, %v", p.name, name, len(rows), troubles)
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
	for _, p := range packers {
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x.br", p.pack(t, nil, 1))}, Options{})
		if len(rows) > 0 || len(troubles) > 0 {
			t.Errorf("%s: %d rows, %v", p.name, len(rows), troubles)
		}
	}
}

// A file that is cut anywhere is told to be cut, or it looks whole because a part ends there.
func TestCutAnywhere(t *testing.T) {
	const cut = 300
	text := makeRows(2)
	for _, p := range packers {
		file := p.pack(t, text, cut)
		for n := range len(file) {
			got, err := readPacked(&p, file[:n])
			d, damaged := errors.AsType[*damage](err)
			switch {
			case !bytes.HasPrefix(text, got), damaged && (!d.keep || d.minor), !damaged && err != io.EOF:
				t.Fatalf("%s, %d bytes of %d: %d bytes of text, %v", p.name, n, len(file), len(got), err)
			case !damaged && (p.noSums || len(got)%cut != 0):
				t.Fatalf("%s, %d bytes of %d: whole with %d bytes of text", p.name, n, len(file), len(got))
			}
		}
	}
}

// A last row without a newline counts also where something to be told follows.
func TestLastRowBeforeAFewBytes(t *testing.T) {
	text := bytes.TrimSuffix(numbered("a", 3), newline)
	for _, p := range packers {
		file := append(p.pack(t, text, len(text)), "end"...)
		rows, trouble := usedRows(t, sourceOf(t, "x", file), Options{})
		if len(rows) != 3 || trouble == nil || trouble.Kind != Warning {
			t.Errorf("%s: %d rows, %v", p.name, len(rows), trouble)
		}
	}
}

// Brotli is recognised by the text that it begins with, whatever comes after.
func TestDamagedBrotliIsBrotli(t *testing.T) {
	text := makeRows(20)
	for _, cut := range []int{len(text), 3000} {
		file := packBrotli(t, text, cut)
		if len(file) > brotliHead {
			t.Fatalf("%d bytes are more than are looked at", len(file))
		}
		file = append(file[:len(file)/2], bytes.Repeat([]byte{0xff}, 100)...)
		if _, trouble := usedRows(t, sourceOf(t, "x", file), Options{}); trouble == nil || trouble.Kind != Damaged {
			t.Errorf("%v", trouble)
		}
	}
}

func TestPackedTwiceIsRefusedByName(t *testing.T) {
	for _, inner := range packers[:4] {
		for _, outer := range packers {
			file := inner.pack(t, numbered("a", 2000), 1<<20)
			_, troubles := readRows(t, []source.Source{sourceOf(t, "x", outer.pack(t, file, len(file)))}, Options{})
			if outer.name == "brotli" { // which is recognised by the text in it
				if len(troubles) != 1 || troubles[0].Kind != Refused {
					t.Errorf("%s in brotli: %v", inner.name, troubles)
				}
				continue
			}
			if len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), "compressed twice ("+inner.name) {
				t.Errorf("%s in %s: %v", inner.name, outer.name, troubles)
			}
		}
	}
}

func TestOtherCompressionIsRefusedByName(t *testing.T) {
	for _, c := range codecs {
		if c.open != nil {
			continue
		}
		_, troubles := readRows(t, []source.Source{sourceOf(t, "x", []byte(c.magic+"1AY&SY\x00\x01\x02"))}, Options{})
		if len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), c.name) || !strings.Contains(troubles[0].Advice, c.tool) {
			t.Errorf("%s: %v", c.name, troubles)
		}
	}
}

func TestCodecsTellTroubleOfTheDiskFromDamage(t *testing.T) {
	broken := errors.New("broken disk")
	text := numbered("a", 4000)
	for _, p := range packers {
		for _, cut := range []int{500, len(text)} {
			file := p.pack(t, text, cut)
			for _, at := range []int{0, 5, len(file) / 2, len(file) - 2} {
				s := p.open(input{Reader: io.MultiReader(bytes.NewReader(file[:at]), failing{broken})})
				_, err := io.ReadAll(s)
				s.close()
				if _, wrong := errors.AsType[*damage](err); wrong || !errors.Is(err, broken) {
					t.Errorf("%s in parts of %d, broken at %d: %v", p.name, cut, at, err)
				}
			}
		}
	}
}

// Frames that hold no text may stand anywhere in zstd and lz4; pzstd writes one before each of its own.
func TestSkippableFrames(t *testing.T) {
	text := numbered("a", 50)
	skipped := []byte("\x53\x2a\x4d\x18\x0c\x00\x00\x00twelve bytes")
	for _, p := range packers[1:3] {
		half := len(text) / 2
		file := bytes.Join([][]byte{skipped, skipped, p.pack(t, text[:half], half), skipped, p.pack(t, text[half:], half), skipped}, nil)
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x", file)}, Options{})
		if len(rows) != 50 || len(troubles) > 0 {
			t.Errorf("%s: %d rows, %v", p.name, len(rows), troubles)
		}
		rows, troubles = readRows(t, []source.Source{sourceOf(t, "x", file[:len(file)-5])}, Options{})
		if len(rows) != 50 || len(troubles) != 1 || troubles[0].Kind != Damaged {
			t.Errorf("%s, cut: %d rows, %v", p.name, len(rows), troubles)
		}
	}
}
