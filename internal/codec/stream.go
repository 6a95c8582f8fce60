package codec

import (
	"bufio"
	"io"
	"strings"
)

// Options say more about a file that is opened. The zero value reads it in order and uses no damaged text.
type Options struct {
	// At is the same file at any offset, to look at its beginning and to read on after damage. It is nil if
	// the source has no such access: then only the first 64 KiB are looked at, and the first damage ends the
	// file.
	At io.ReaderAt

	// AcceptDamaged also returns the text of damaged parts, up to the damage.
	AcceptDamaged bool

	// Name is that of the file. Brotli has no magic number, so every .br is checked for it.
	Name string
}

// A Stream is the text of a file: decompressed, and as UTF-8 if it was UTF-16. Close must be called; it is
// not safe for concurrent use.
type Stream struct {
	Codec string // name of the compression; empty if there is none
	text  textReader
	begun bool // Read has been called
}

// Read returns io.EOF at the end of the text, a *Damage where the file is damaged, and the file's own error
// where reading it fails. After a *Gap reading may continue. UTF-16 is recognised by the text of the first
// call, which should have room for 64 bytes; that call fills p if there is enough text.
func (s *Stream) Read(p []byte) (n int, err error) {
	if s.begun {
		return s.text.Read(p)
	}
	s.begun = true
	for n < len(p) && err == nil {
		var more int
		more, err = s.text.Read(p[n:])
		n += more
	}
	if order := utf16Order(p[:n]); order != nil {
		s.text = newUTF16Reader(s.text, order, p[:n], err)
		return s.text.Read(p)
	}
	return n, err
}

// Used returns how many bytes of the file the text read so far came from.
func (s *Stream) Used() int64 { return s.text.used() }

// Verified returns how many bytes of text, from the start, are known to be right, since their checksums have
// been compared. It may exceed what was read: nothing in a file that is not compressed is known to be wrong.
// Of brotli, which has no checksums, it is 0.
func (s *Stream) Verified() int64 { return s.text.verified() }

// Close stops the goroutines of the stream and gives its buffers back. It waits for a Read of the file that
// is under way, and does not close the file. It must not be called twice.
func (s *Stream) Close() { s.text.close() }

// Open recognises by a file's first bytes how it is compressed, and returns its text. file is read from its
// start, in order. The error is *Unsupported, or the one that reading the file returned.
func Open(file io.Reader, o Options) (*Stream, error) {
	look := o.At
	if look == nil {
		ahead := peeking{bufio.NewReaderSize(file, BrotliHead)}
		file, look = ahead, ahead
	}
	in := input{Reader: file, at: o.At, accept: o.AcceptDamaged}
	head, err := headOf(look, 0, headSize)
	if err != nil {
		return nil, err
	}
	if skippable(head) {
		start, err := firstFrame(look)
		if err != nil {
			return nil, err
		}
		if head, err = headOf(look, start, headSize); err != nil {
			return nil, err
		}
	}
	if c := codecOf(head); c != nil {
		if c.open == nil {
			return nil, &Unsupported{Codec: c.name, Hint: "decompress it first: " + c.tool}
		}
		return &Stream{Codec: c.name, text: c.open(in)}, nil
	}
	// The name is a hint only: text is nearly never brotli by accident.
	if named := strings.HasSuffix(o.Name, ".br"); named || !IsText(head) && !IsUTF16(head) {
		if head, err = headOf(look, 0, BrotliHead); err != nil {
			return nil, err
		}
		if _, ok := BrotliText(head); ok {
			return &Stream{Codec: "brotli", text: openBrotli(in)}, nil
		}
	}
	return &Stream{text: &plainReader{file: in.Reader}}, nil
}

// peeking gives random access to the beginning of an input that is read in order, before anything is read of
// it.
type peeking struct{ *bufio.Reader }

// ReadAt reports io.EOF at the end of the buffer, as if the file ended there.
func (p peeking) ReadAt(b []byte, at int64) (n int, err error) {
	end := min(at+int64(len(b)), int64(p.Size()))
	head, err := p.Peek(int(end))
	if at < int64(len(head)) {
		n = copy(b, head[at:])
	}
	if err == nil && n < len(b) {
		err = io.EOF
	}
	return n, err
}

// headSize is how many bytes of a file are looked at to recognise a magic number or text.
const headSize = 512

// firstFrame returns the offset after the skippable frames that a file begins with.
func firstFrame(file io.ReaderAt) (start int64, err error) {
	header := make([]byte, skippableHeader)
	for range mostSkipped {
		if _, err := file.ReadAt(header, start); err != nil && err != io.EOF {
			return 0, err
		}
		if !skippable(header) {
			break
		}
		start += skippableHeader + skippableSize(header)
	}
	return start, nil
}

// headOf returns up to size bytes at an offset.
func headOf(file io.ReaderAt, start int64, size int) ([]byte, error) {
	head := make([]byte, size)
	n, err := file.ReadAt(head, start)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return head[:n], nil
}
