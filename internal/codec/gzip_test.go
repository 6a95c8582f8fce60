package codec

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"ph2cio/internal/testkit/packing"
)

// readGzip reads a file to its end. got is the text that a run would use.
func readGzip(file []byte, segment int) (got []byte, err error) {
	g := &gzipStream{segments: newSegmenter(bytes.NewReader(file), segment)}
	defer g.close()
	p := make([]byte, 1000)
	for err == nil {
		var n int
		n, err = g.Read(p)
		got = append(got, p[:n]...)
	}
	if d, ok := errors.AsType[*Damage](err); ok && !d.Keep {
		got = got[:min(int64(len(got)), g.verified())]
	}
	return got, err
}

// readMembers reads a file with the standard library. good is the text of the members before the damage, part
// that of the damaged one as far as it goes.
func readMembers(file []byte) (good, part []byte, err error) {
	r := bytes.NewReader(file)
	for {
		if at := len(file) - r.Len(); at+3 < len(file) && file[at+3]&reservedFlags != 0 {
			return good, nil, gzip.ErrHeader // the standard library lets these pass
		}
		z, err := gzip.NewReader(r)
		if err != nil {
			if err == io.EOF && r.Len() == 0 {
				err = nil
			}
			return good, nil, err
		}
		z.Multistream(false)
		text, err := io.ReadAll(z)
		if err != nil {
			return good, text, err
		}
		good = append(good, text...)
	}
}

var gzipText = bytes.Repeat([]byte(`{"event":"a","distinct_id":"u","properties":{"n":1}}`+"\n"), 60)

func TestGzip(t *testing.T) {
	for _, cut := range []int{53, 100, 1000, len(gzipText)} {
		file := packing.Gzip(t, gzipText, cut)
		for _, segment := range []int{50, 300, 4096, segmentSize} {
			if got, err := readGzip(file, segment); err != io.EOF || !bytes.Equal(got, gzipText) {
				t.Errorf("members of %d in segments of %d: %d bytes of %d, %v", cut, segment, len(got), len(gzipText), err)
			}
		}
	}
}

// Small members, then a large one, then small ones: segments are whole members, then parts of one, then whole
// again.
func TestGzipOfMixedMembers(t *testing.T) {
	text := events(2000)
	small := packing.Gzip(t, text, 2000)
	file := bytes.Join([][]byte{small, packing.Gzip(t, text, len(text)), small}, nil)
	want := bytes.Repeat(text, 3)
	for _, segment := range []int{1000, 20_000} {
		if got, err := readGzip(file, segment); err != io.EOF || !bytes.Equal(got, want) {
			t.Errorf("segments of %d: %d bytes of %d, %v", segment, len(got), len(want), err)
		}
	}
}

// A segment that grows beyond what is decompressed at a time is read as it comes.
func TestGzipThatGrowsALot(t *testing.T) {
	text := bytes.Repeat([]byte("0"), mostText+mostText/8)
	file := append(packing.Gzip(t, text, len(text)), packing.Gzip(t, text[:10], 10)...)
	if got, err := readGzip(file, segmentSize); err != io.EOF || len(got) != len(text)+10 {
		t.Errorf("%d bytes of %d, %v", len(got), len(text)+10, err)
	}
}

func TestGzipPadding(t *testing.T) {
	file := packing.Gzip(t, gzipText, 1000)
	const (
		fine = iota
		minor
		wrong
	)
	for name, test := range map[string]struct {
		padding string
		want    int
	}{
		"nothing":           {"", fine},
		"zeros":             {strings.Repeat("\x00", 10_000), fine},
		"a line end":        {"\n", fine},
		"a few bytes":       {"garbage at the end", minor},
		"zeros, then a few": {strings.Repeat("\x00", 300) + "end", minor},
		"many bytes":        {strings.Repeat("garbage ", 20), wrong},
		"a lost header":     {"\x1f\x8b\x09" + strings.Repeat("x", 100), wrong},
		"a cut header":      {"\x1f\x8b\x08", wrong},
	} {
		for _, segment := range []int{100, segmentSize} {
			got, err := readGzip(append(file[:len(file):len(file)], test.padding...), segment)
			is := fine
			if d, ok := errors.AsType[*Damage](err); ok && d.Minor {
				is = minor
			} else if err != io.EOF {
				is = wrong
			}
			if !bytes.Equal(got, gzipText) || is != test.want {
				t.Errorf("%s in segments of %d: %d bytes of %d, %v", name, segment, len(got), len(gzipText), err)
			}
		}
	}
}

func TestGzipTroubleOfTheDiskIsNoDamage(t *testing.T) {
	broken := errors.New("broken disk")
	for _, cut := range []int{53, len(gzipText)} {
		file := packing.Gzip(t, gzipText, cut)
		g := &gzipStream{segments: newSegmenter(io.MultiReader(bytes.NewReader(file[:len(file)/2]), failing{broken}), 100)}
		_, err := io.ReadAll(g)
		g.close()
		if _, damaged := errors.AsType[*Damage](err); damaged || !errors.Is(err, broken) {
			t.Errorf("members of %d: %v", cut, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzGzip(f *testing.F) {
	f.Add(gzipText[:2000], uint16(100), uint16(64), uint16(0), byte(0), uint16(0), []byte(nil))
	f.Add(gzipText[:2000], uint16(2000), uint16(200), uint16(500), byte(4), uint16(0), []byte(nil))
	f.Add(gzipText[:2000], uint16(300), uint16(100), uint16(0), byte(0), uint16(40), []byte("end"))
	f.Fuzz(func(t *testing.T, text []byte, cut, segment, flipped uint16, bits byte, truncated uint16, padding []byte) {
		if len(text) > 1<<16 || len(text)/(1+int(cut)) > 1000 {
			return
		}
		file := packing.Gzip(t, text, 1+int(cut))
		file = file[:max(0, len(file)-int(truncated))]
		if len(file) > 0 {
			file[int(flipped)%len(file)] ^= bits
		}
		file = append(file, padding...)
		got, err := readGzip(file, 1+int(segment))
		good, part, wantErr := readMembers(file)
		if wantErr == nil {
			if err != io.EOF || !bytes.Equal(got, good) {
				t.Fatalf("%d bytes and %v, want %d bytes", len(got), err, len(good))
			}
			return
		}
		if !bytes.HasPrefix(got, good) {
			t.Fatalf("%d bytes and %v, want at least the %d bytes of good members (%v)", len(got), err, len(good), wantErr)
		}
		if rest := got[len(good):]; !bytes.HasPrefix(part, rest) && !bytes.HasPrefix(rest, part) {
			t.Fatalf("after %d good bytes %q, want what %q begins with", len(good), rest, part)
		}
		if err == io.EOF && (len(got) > len(good) || len(part) > 0) {
			t.Fatalf("the end is said to be good after %d bytes, but: %v", len(got), wantErr)
		}
	})
}
