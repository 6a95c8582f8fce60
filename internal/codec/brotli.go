package codec

import (
	"bufio"
	"bytes"
	"io"

	"github.com/andybalholm/brotli"
)

// brotliStream reads brotli, which has neither a name of its own at the beginning nor a checksum: damage is found where
// the bytes make no sense any more, and nothing that came before is sure.
type brotliStream struct {
	disk    countedFile
	file    *tailReader // over disk
	decoder *brotli.Reader
	trouble error // that the file had
}

func openBrotli(in input) textReader {
	s := &brotliStream{disk: countedFile{file: in}}
	s.file = &tailReader{file: bufio.NewReaderSize(&s.disk, frameBuffer)}
	s.decoder = brotli.NewReader(s.file)
	return s
}

func (s *brotliStream) used() int64     { return s.disk.read - int64(s.file.file.Buffered()) }
func (s *brotliStream) verified() int64 { return 0 }
func (s *brotliStream) close()          {}

// The decoder tells by its words alone that it has come to its end before the file has.
const brotliGoesOn = "brotli: excessive input"

func (s *brotliStream) Read(p []byte) (int, error) {
	if s.trouble != nil {
		return 0, s.trouble
	}
	n, err := s.decoder.Read(p)
	if err == nil {
		return n, nil
	}
	if err.Error() == brotliGoesOn {
		err = s.file.padding()
	}
	if err != io.EOF {
		err = damaged(err)
	}
	s.trouble = err
	return n, err
}

// tailReader gives a file's last bytes one at a time, so that a decoder that has read too far has read one too many.
type tailReader struct {
	file *bufio.Reader
	last []byte // what was given last
}

const tail = 4 * mostPadding

func (r *tailReader) Read(p []byte) (int, error) {
	ahead, err := r.file.Peek(min(len(p), frameBuffer/2) + tail)
	if len(ahead) == 0 || err != nil && err != io.EOF {
		return 0, err
	}
	n := copy(p, ahead[:max(1, len(ahead)-tail)])
	r.last = p[:n]
	_, _ = r.file.Discard(n) // they are there
	return n, nil
}

// padding returns io.EOF when what the decoder did not want is padding.
func (r *tailReader) padding() error {
	if len(r.last) > 1 { // far from the file's end
		return &paddingError{"brotli", false}
	}
	rest := bufio.NewReader(io.MultiReader(bytes.NewReader(r.last), r.file))
	return skipPadding(rest, "brotli")
}

// BrotliHead is how much of a file is looked at to find out whether it is brotli.
const BrotliHead = 64 << 10

// brotliShown is how much of its text is looked at to find out what that is.
const brotliShown = 4 << 10

// isBrotli reports whether a file that begins with head, and is no text itself, is brotli with text in it.
func isBrotli(head []byte) bool {
	_, is := BrotliText(head)
	return is
}

// BrotliText returns the beginning of the text in brotli that begins with head, false where that is not brotli.
func BrotliText(head []byte) ([]byte, bool) {
	text := make([]byte, brotliShown)
	n, err := io.ReadFull(brotli.NewReader(sips{bytes.NewReader(head)}), text)
	text = text[:n]
	if err == io.EOF || err != nil && err.Error() == brotliGoesOn { // the whole of a short text, or of none
		return text, IsText(text)
	}
	return text, n > 0 && IsText(text) // damage may come later
}

// sips gives little at a time: a decoder that is given much may come to damage in it before it gives any text.
type sips struct{ io.Reader }

func (s sips) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(len(p), 64)]) }
