package codec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"ph2cio/internal/testkit/packing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// opened opens a file of p's codec without recognising the codec first.
func opened(p *packing.Packer, in input) textReader {
	for _, c := range codecs {
		if c.name == p.Name {
			return c.open(in)
		}
	}
	return openBrotli(in)
}

// events returns so many rows of text of which no two are the same.
func events(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		id, filler := uint32(i)*2654435761, strings.Repeat("x", i%50)
		fmt.Fprintf(&b, `{"event":"a%d","distinct_id":"u%08x","properties":{"filler":"%s"}}`+"\n", i, id, filler)
	}
	return b.Bytes()
}

// A file that is cut off is reported as such, unless it was cut between two parts.
func TestCutAnywhere(t *testing.T) {
	const cut = 300
	text := events(50)
	for _, p := range packing.All {
		file := p.Pack(t, text, cut)
		for n := range len(file) {
			got, err := readPacked(&p, file[:n])
			d, damaged := errors.AsType[*Damage](err)
			switch {
			case !bytes.HasPrefix(text, got), damaged && (!d.Keep || d.Minor), !damaged && err != io.EOF:
				t.Fatalf("%s, %d bytes of %d: %d bytes of text, %v", p.Name, n, len(file), len(got), err)
			case !damaged && (p.NoSums || len(got)%cut != 0):
				t.Fatalf("%s, %d bytes of %d: whole with %d bytes of text", p.Name, n, len(file), len(got))
			}
		}
	}
}

func TestCodecsTellTroubleOfTheDiskFromDamage(t *testing.T) {
	broken := errors.New("broken disk")
	text := events(4000)
	for _, p := range packing.All {
		for _, cut := range []int{500, len(text)} {
			file := p.Pack(t, text, cut)
			for _, at := range []int{0, 5, len(file) / 2, len(file) - 2} {
				s := opened(&p, input{Reader: io.MultiReader(bytes.NewReader(file[:at]), failing{broken})})
				_, err := io.ReadAll(s)
				s.close()
				if _, wrong := errors.AsType[*Damage](err); wrong || !errors.Is(err, broken) {
					t.Errorf("%s in parts of %d, broken at %d: %v", p.Name, cut, at, err)
				}
			}
		}
	}
}
