package codec

import (
	"bufio"
	"bytes"
	"io"

	"github.com/andybalholm/brotli"
)

// brotliStream reads brotli, which has neither a magic number nor checksums. Damage is noticed only where the
// bytes no longer decode, and the text before that place may be wrong too.
type brotliStream struct {
	disk    countedInput
	file    *tailReader // over disk
	decoder *brotli.Reader
	trouble error // that every Read returns from now on
}

func openBrotli(in input) textReader {
	s := &brotliStream{disk: countedInput{file: in}}
	s.file = &tailReader{file: bufio.NewReaderSize(&s.disk, frameBuffer)}
	s.decoder = brotli.NewReader(s.file)
	return s
}

func (s *brotliStream) used() int64     { return s.disk.read - int64(s.file.file.Buffered()) }
func (s *brotliStream) verified() int64 { return 0 }
func (s *brotliStream) close()          {}

// brotliExcess is the text of the decoder's error when its data ends before the file does. It has no value or
// type of its own.
const brotliExcess = "brotli: excessive input"

func (s *brotliStream) Read(p []byte) (int, error) {
	if s.trouble != nil {
		return 0, s.trouble
	}
	n, err := s.decoder.Read(p)
	if err == nil {
		return n, nil
	}
	if err.Error() == brotliExcess {
		err = s.file.padding()
	}
	if err != io.EOF {
		err = damaged(err)
	}
	s.trouble = err
	return n, err
}

// tailReader returns the last bytes of a file one at a time. Then a decoder that reads past its end has read
// only one byte too many.
type tailReader struct {
	file *bufio.Reader
	last []byte // what the last Read gave
}

const brotliTail = 4 * mostPadding

func (r *tailReader) Read(p []byte) (int, error) {
	ahead, err := r.file.Peek(min(len(p), frameBuffer/2) + brotliTail)
	if len(ahead) == 0 || err != nil && err != io.EOF {
		return 0, err
	}
	n := copy(p, ahead[:max(1, len(ahead)-brotliTail)])
	r.last = p[:n]
	_, _ = r.file.Discard(n) // cannot fail: the bytes are buffered
	return n, nil
}

// padding returns io.EOF if what follows the end of the decoder's data may be ignored, as skipPadding does.
func (r *tailReader) padding() error {
	if len(r.last) > 1 { // more than brotliTail bytes follow
		return &paddingError{"brotli", false}
	}
	rest := bufio.NewReader(io.MultiReader(bytes.NewReader(r.last), r.file))
	return skipPadding(rest, "brotli")
}

// BrotliHead is how many bytes of a file BrotliText needs to recognise brotli.
const BrotliHead = 64 << 10

// brotliShown is how many bytes of text BrotliText returns at most.
const brotliShown = 4 << 10

// BrotliText decompresses head, the first BrotliHead bytes of a file or all of a shorter one, as brotli. It
// returns the beginning of the text, and whether head is brotli with text in it.
func BrotliText(head []byte) ([]byte, bool) {
	text := make([]byte, brotliShown)
	n, err := io.ReadFull(brotli.NewReader(smallReads{bytes.NewReader(head)}), text)
	text = text[:n]
	if err == io.EOF || err != nil && err.Error() == brotliExcess { // the text is short, and complete
		return text, IsText(text)
	}
	return text, n > 0 && IsText(text) // an error may be damage that follows the text
}

// smallReads returns at most 64 bytes at a time. With more, the decoder may reach damage before it returns
// any text.
type smallReads struct{ io.Reader }

func (s smallReads) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(len(p), 64)]) }
