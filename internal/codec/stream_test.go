package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"ph2cio/internal/testkit/packing"
)

// trickle reads a file as a slow source does, few bytes at a time, with an error after some. It is no
// io.ReaderAt.
type trickle struct {
	data  []byte
	sizes []int         // of the pieces it gives, in turn; empty for as much as there is room for
	delay time.Duration // before each piece
	err   error         // at the end of data; nil is io.EOF
	reads int
}

func (s *trickle) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		return 0, io.EOF
	}
	if s.delay > 0 {
		time.Sleep(s.delay)
	}
	if len(s.sizes) > 0 {
		p = p[:min(len(p), s.sizes[s.reads%len(s.sizes)])]
	}
	s.reads++
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

// faulty is a file at any offset, up to one where it fails.
type faulty struct {
	data []byte
	from int64
	err  error
}

func (f faulty) ReadAt(p []byte, at int64) (n int, err error) {
	if at < f.from {
		n, _ = bytes.NewReader(f.data[:f.from]).ReadAt(p, at)
	}
	if n < len(p) {
		err = f.err
	}
	return n, err
}

// pieces reads a stream to its end. Between two pieces is a gap.
func pieces(s *Stream) (all [][]byte, err error) {
	var piece []byte
	window := make([]byte, 5000)
	for {
		n, err := s.Read(window)
		piece = append(piece, window[:n]...)
		_, isGap := errors.AsType[*Gap](err)
		if err != nil {
			all, piece = append(all, piece), nil
		}
		if err != nil && !isGap {
			return all, err
		}
	}
}

func openOf(t *testing.T, file io.Reader, o Options) *Stream {
	t.Helper()
	s, err := Open(file, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// kept are files of one text: one without compression, and for each codec one in a single part and one in
// many.
func kept(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"": text}
	for _, p := range packing.All {
		files[p.Name] = p.Pack(t, text, len(text))
		files[p.Name+" in parts"] = p.Pack(t, text, 700)
	}
	return files
}

func TestSlowInputsAreTheSameText(t *testing.T) {
	text := events(150)
	for name, file := range kept(t, text) {
		for _, sizes := range [][]int{nil, {1}, {1, 7, 4096, 3, 511}} {
			for at, o := range map[string]Options{"at any offset": {At: bytes.NewReader(file)}, "in order": {}} {
				s := openOf(t, &trickle{data: file, sizes: sizes}, o)
				got, err := pieces(s)
				if err != io.EOF || len(got) != 1 || !bytes.Equal(got[0], text) {
					t.Errorf("%s, %v, %s: %d pieces, %v", name, sizes, at, len(got), err)
				}
				if codec, _, _ := strings.Cut(name, " "); s.Codec != codec {
					t.Errorf("%s, %s is taken for %q", name, at, s.Codec)
				}
				if s.Used() != int64(len(file)) {
					t.Errorf("%s, %v, %s: %d bytes of %d are used", name, sizes, at, s.Used(), len(file))
				}
			}
		}
	}
}

// An input that takes an hour for each piece is read without a timeout, and closing a stream ends its
// goroutines.
func TestSlowInputsAreWaitedFor(t *testing.T) {
	text := events(150)
	files := kept(t, text)
	synctest.Test(t, func(t *testing.T) {
		spare := len(zstdDecoders)
		for range spare { // channels within them are of another bubble
			d := <-zstdDecoders
			defer func() { zstdDecoders <- d }()
		}
		for name, file := range files {
			for _, most := range []int{len(text), 100} {
				s, err := Open(&trickle{data: file, sizes: []int{1000}, delay: time.Hour}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(io.LimitReader(s, int64(most)))
				s.Close()
				if err != nil || !bytes.Equal(got, text[:most]) {
					t.Errorf("%s: %d bytes of %d, %v", name, len(got), most, err)
				}
			}
		}
		for range len(zstdDecoders) {
			(<-zstdDecoders).Close()
		}
	})
}

func TestSlowUTF16(t *testing.T) {
	text := string(events(30)) + "größer 😀\n"
	var file []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		file = binary.LittleEndian.AppendUint16(file, unit)
	}
	for _, in := range [][]byte{file, packing.Gzip(t, file, 500)} {
		got, err := pieces(openOf(t, &trickle{data: in, sizes: []int{1, 3}}, Options{}))
		if err != io.EOF || len(got) != 1 || string(got[0]) != text {
			t.Errorf("%d pieces, %v", len(got), err)
		}
	}
}

func TestSkippableFramesInOrder(t *testing.T) {
	text := events(50)
	skipped := []byte("\x53\x2a\x4d\x18\x0c\x00\x00\x00twelve bytes")
	for _, p := range packing.All[1:3] {
		file := bytes.Join([][]byte{skipped, skipped, p.Pack(t, text, 500), skipped}, nil)
		s := openOf(t, &trickle{data: file, sizes: []int{5}}, Options{})
		if got, err := pieces(s); err != io.EOF || s.Codec != p.Name || len(got) != 1 || !bytes.Equal(got[0], text) {
			t.Errorf("%s: %d pieces, %v", p.Name, len(got), err)
		}
	}
}

// An input that fails is never called damaged, wherever it fails and whatever its error is.
func TestFailingInputsAreNotDamaged(t *testing.T) {
	text := events(300)
	for name, file := range kept(t, text) {
		for _, broken := range []error{errors.New("broken disk"), io.ErrUnexpectedEOF, io.ErrClosedPipe} {
			for _, at := range []int{0, 1, 5, 100, len(file) / 2, len(file) - 2, len(file)} {
				for access, o := range map[string]Options{
					"at any offset":    {At: faulty{file, int64(at), broken}},
					"looked at before": {At: bytes.NewReader(file)},
					"in order":         {},
				} {
					at := min(at, len(file))
					s, err := Open(&trickle{data: file[:at], sizes: []int{333}, err: broken}, o)
					var got [][]byte
					if err == nil {
						got, err = pieces(s)
						s.Close()
					}
					_, damaged := errors.AsType[*Damage](err)
					if damaged || !errors.Is(err, broken) || len(got) > 1 {
						t.Errorf("%s, broken at %d of %d, %s: %d pieces, %v", name, at, len(file), access, len(got), err)
					}
					if len(got) == 1 && !bytes.HasPrefix(text, got[0]) {
						t.Errorf("%s, broken at %d of %d, %s: other text", name, at, len(file), access)
					}
				}
			}
		}
	}
}

// wrongPart returns a file of parts, of which one is damaged, and its text before and after that.
func wrongPart(t *testing.T, p *packing.Packer) (file, before, after []byte, at int64) {
	t.Helper()
	const parts, wrong = 40, 10
	for i := range parts {
		text := fmt.Appendf(nil, "{\"event\":\"a\",\"number\":%d,\"filler\":\"%s\"}\n", i, strings.Repeat("x", 500))
		part := p.Pack(t, text, len(text))
		switch {
		case i == wrong:
			at = int64(len(file))
			part[len(part)-2] ^= 0x10
		case i < wrong:
			before = append(before, text...)
		default:
			after = append(after, text...)
		}
		file = append(file, part...)
	}
	return file, before, after, at
}

func TestDamageWithAndWithoutRandomAccess(t *testing.T) {
	for _, p := range packing.All {
		if !p.Resyncs {
			continue
		}
		file, before, after, _ := wrongPart(t, &p)
		for _, sizes := range [][]int{nil, {1}, {100, 3}} {
			got, err := pieces(openOf(t, &trickle{data: file, sizes: sizes}, Options{At: bytes.NewReader(file)}))
			if err != io.EOF || len(got) != 2 || !bytes.Equal(got[0], before) || !bytes.Equal(got[1], after) {
				t.Errorf("%s, %v, at any offset: %d pieces, %v", p.Name, sizes, len(got), err)
			}
			for _, accept := range []bool{false, true} {
				s := openOf(t, &trickle{data: file, sizes: sizes}, Options{AcceptDamaged: accept})
				got, err := pieces(s)
				_, damaged := errors.AsType[*Damage](err)
				if !damaged || len(got) != 1 || !bytes.HasPrefix(got[0], before) {
					t.Errorf("%s, %v, in order: %d pieces, %v", p.Name, sizes, len(got), err)
				}
				if s.Verified() != int64(len(before)) {
					t.Errorf("%s, %v, in order: %d bytes verified of %d", p.Name, sizes, s.Verified(), len(before))
				}
			}
		}
	}
}

// Where the input fails while it is searched for the next good part, the failure is the error: what follows
// may be good.
func TestResyncOverAFailingInput(t *testing.T) {
	broken := errors.New("broken disk")
	for _, p := range packing.All {
		if !p.Resyncs {
			continue
		}
		file, before, _, damaged := wrongPart(t, &p)
		for _, from := range []int64{damaged, damaged + 1, damaged + 50, int64(len(file)) - 60} {
			for _, accept := range []bool{false, true} {
				at := faulty{file, from, broken}
				// Opening looks at the beginning, which lies before the fault.
				s := openOf(t, &trickle{data: file}, Options{At: headThen{file[:damaged], at}, AcceptDamaged: accept})
				got, err := pieces(s)
				_, called := errors.AsType[*Damage](err)
				if called || !errors.Is(err, broken) || !bytes.HasPrefix(got[0], before) {
					t.Errorf("%s, broken at %d: %d pieces, %v", p.Name, from, len(got), err)
				}
			}
		}
	}
}

// Where the input fails while a damaged frame is read once more for the rest of its text, the failure is the
// error.
func TestRestOfAFrameOverAFailingInput(t *testing.T) {
	broken := errors.New("broken disk")
	for _, rows := range []int{500, 20_000} { // less than a part that is held until its end, and more
		text := events(rows)
		first := packing.All[1].Pack(t, text[:20_000], 20_000)
		file := append(first, packing.All[1].Pack(t, text[20_000:], len(text))...)
		file[len(file)-2] ^= 0x10 // the checksum
		at := faulty{file, int64(len(first)+len(file)) / 2, broken}
		s := openOf(t, &trickle{data: file}, Options{At: headThen{file[:headSize], at}, AcceptDamaged: true})
		got, err := pieces(s)
		_, damaged := errors.AsType[*Damage](err)
		if damaged || !errors.Is(err, broken) || len(got) > 1 || len(got) == 1 && !bytes.HasPrefix(text, got[0]) {
			t.Errorf("%d rows: %d pieces, %v", rows, len(got), err)
		}
	}
}

// headThen serves reads at the start from head, and others from the file.
type headThen struct {
	head []byte
	io.ReaderAt
}

func (h headThen) ReadAt(p []byte, at int64) (int, error) {
	if at == 0 {
		return bytes.NewReader(h.head).ReadAt(p, 0)
	}
	return h.ReaderAt.ReadAt(p, at)
}

func TestOtherCompressionIsUnsupported(t *testing.T) {
	for _, c := range codecs {
		if c.open != nil {
			continue
		}
		_, err := Open(&trickle{data: []byte(c.magic + "1AY&SY\x00\x01\x02")}, Options{})
		e, ok := errors.AsType[*Unsupported](err)
		if !ok || e.Codec != c.name || !strings.Contains(e.Error(), c.name) || !strings.Contains(e.Hint, c.tool) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// FuzzOpen compares a file that is read in order, in pieces of one size, with the same file at random access.
func FuzzOpen(f *testing.F) {
	text := events(20)
	f.Add(text, uint16(1))
	f.Add([]byte("e\x00v\x00e\x00n\x00t\x00\n\x00"), uint16(3))
	f.Add([]byte("\x53\x2a\x4d\x18\x02\x00\x00\x00ab"), uint16(5))
	f.Add([]byte("BZh91AY&SY"), uint16(2))
	for _, p := range packing.All {
		f.Add(p.Pack(f, text, 300), uint16(7))
	}
	f.Fuzz(func(t *testing.T, file []byte, size uint16) {
		read := func(o Options, sizes ...int) (codec, text, end string) {
			s, err := Open(&trickle{data: file, sizes: sizes}, o)
			if err != nil {
				return "", "", err.Error()
			}
			defer s.Close()
			got, err := io.ReadAll(io.LimitReader(s, 1<<20))
			if _, isGap := errors.AsType[*Gap](err); isGap {
				return s.Codec, string(got), "gap: " + err.Error()
			}
			return s.Codec, string(got), fmt.Sprint(err)
		}
		if len(file) > BrotliHead { // as much as can be looked at in order
			return
		}
		codec, text, end := read(Options{At: bytes.NewReader(file)})
		if strings.HasPrefix(end, "gap: ") {
			return // it is read on after damage, which needs random access
		}
		gotCodec, gotText, gotEnd := read(Options{}, 1+int(size))
		if gotCodec != codec || gotText != text || gotEnd != end {
			t.Fatalf("in order %s, %q, %s; at any offset %s, %q, %s", gotCodec, gotText, gotEnd, codec, text, end)
		}
	})
}
