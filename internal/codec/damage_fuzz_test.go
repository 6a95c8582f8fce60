package codec

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"ph2cio/internal/testkit/packing"
)

// readPacked reads a file to its end. got is what a run would use of it.
func readPacked(p *packing.Packer, file []byte) (got []byte, err error) {
	s := opened(p, input{Reader: bytes.NewReader(file)})
	defer s.close()
	window := make([]byte, 1000)
	for err == nil && len(got) < 8<<20 {
		var n int
		n, err = s.Read(window)
		got = append(got, window[:n]...)
	}
	if d, ok := errors.AsType[*Damage](err); ok && !d.Keep {
		got = got[:min(int64(len(got)), s.verified())]
	}
	return got, err
}

// fuzzPacker damages packed files, and reads arbitrary bytes. Damage is always reported, and what is used is
// the beginning of the text.
func fuzzPacker(f *testing.F, p *packing.Packer) {
	f.Add(gzipText[:2000], false, uint16(2000), uint16(0), byte(0), uint16(0), []byte(nil))
	f.Add(gzipText[:2000], false, uint16(100), uint16(700), byte(4), uint16(0), []byte(nil))
	f.Add(gzipText[:2000], false, uint16(300), uint16(0), byte(0), uint16(40), []byte("end"))
	f.Add(gzipText[:2000], false, uint16(300), uint16(0), byte(0), uint16(0), make([]byte, 100))
	f.Add([]byte("event\xdb\xdb\xdb\xdb\xdb\xdb\xdb\xdb\":\x00"), false, uint16(100), uint16(700), byte(4), uint16(17), []byte("{\"event\":\x00\x80\","))
	f.Add(p.Pack(f, gzipText, 500), true, uint16(0), uint16(9), byte(1), uint16(0), []byte(nil))
	f.Fuzz(func(t *testing.T, text []byte, raw bool, cut, flipped uint16, bits byte, truncated uint16, padding []byte) {
		if len(text) > 1<<16 || len(text)/(1+int(cut)) > 100 {
			return
		}
		if raw {
			readPacked(p, text)
			return
		}
		file := p.Pack(t, text, 1+int(cut))
		if int(truncated) >= len(file) {
			return
		}
		file = file[:len(file)-int(truncated)]
		file[int(flipped)%len(file)] ^= bits
		file = append(file, padding...)
		got, err := readPacked(p, file)
		d, damaged := errors.AsType[*Damage](err)
		otherwise := bits != 0 || truncated > 0 && len(padding) > 0 // some of its bytes are other ones
		switch {
		case otherwise && p.NoSums, otherwise && truncated > 0 && damaged && d.Keep:
			// The text of a part that is cut off has no checksum to be compared with.
		case p.Name == "zstd" && truncated > 0 && len(padding) > 0:
			// One bit says that there is no checksum. With it flipped, or replaced by the padding, other bytes
			// at the end are as good as those cut off.
		case !bytes.HasPrefix(text, got) && (!damaged || !d.Keep):
			t.Fatalf("%q is used, which is not what %q begins with (%v)", got, text, err)
		case err == io.EOF && len(got) < len(text) && !p.NoEnd && !otherwise && int(cut) >= len(text): // one part
			t.Fatalf("the end is said to be good after %d bytes of %d", len(got), len(text))
		case !damaged && err != io.EOF:
			t.Fatal(err)
		case damaged && d.Keep && len(padding) > 0 && bytes.HasPrefix(got, text):
			// The padding may be the beginning of one more frame, without checksums.
		case truncated == 0 && bits == 0 && !bytes.Equal(got, text):
			t.Fatalf("%q is used of %q, which is whole (%v)", got, text, err)
		}
	})
}

func FuzzZstd(f *testing.F)   { fuzzPacker(f, &packing.All[1]) }
func FuzzLZ4(f *testing.F)    { fuzzPacker(f, &packing.All[2]) }
func FuzzSnappy(f *testing.F) { fuzzPacker(f, &packing.All[3]) }
func FuzzS2(f *testing.F)     { fuzzPacker(f, &packing.All[4]) }
func FuzzBrotli(f *testing.F) { fuzzPacker(f, &packing.All[5]) }
