package codec

import (
	"bufio"
	"io"
	"strings"
)

// Options are what is known of a file that is opened. The zero value is fine.
type Options struct {
	At            io.ReaderAt // the file at an offset; nil where it cannot be read so, and then damage ends it
	AcceptDamaged bool        // text of damaged parts is wanted too
	Name          string      // of the file: brotli, which has no magic, is looked for in all that is named .br
}

// A Stream is a file's text, decompressed, as UTF-8. Reading it ends as that of a textReader does.
type Stream struct {
	Codec string // what the file is compressed with; empty for nothing
	text  textReader
	begun bool // the first text has been read
}

// Read reads on. The first call fills p if there is so much text, since text in UTF-16 is recognised by that.
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

// Used returns how many bytes of the file have been used for what has been read.
func (s *Stream) Used() int64 { return s.text.used() }

// Verified returns of the bytes read how many from the start are known to be right.
func (s *Stream) Verified() int64 { return s.text.verified() }

// Close ends what the stream has running. It does not close the file.
func (s *Stream) Close() { s.text.close() }

// Open finds out by the file's first bytes how it is compressed, and with what. Its error is *Unsupported or comes
// from the disk.
func Open(file io.Reader, o Options) (*Stream, error) {
	in := input{Reader: file, at: o.At, accept: o.AcceptDamaged}
	look := in.at
	if look == nil {
		ahead := peeking{bufio.NewReaderSize(file, BrotliHead)}
		in.Reader, look = ahead, ahead
	}
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
		if isBrotli(head) {
			return &Stream{Codec: "brotli", text: openBrotli(in)}, nil
		}
	}
	return &Stream{text: &plainReader{file: file}}, nil
}

// peeking looks at the beginning of what is read in order. Nothing may have been read of it.
type peeking struct{ *bufio.Reader }

// ReadAt sees the file end where its buffer does.
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

// headSize is how much of a file is looked at to tell text and codecs apart, in bytes.
const headSize = 512

// firstFrame returns where a file begins after any frames that hold no text.
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

// headOf returns so many bytes of a file, or what there is.
func headOf(file io.ReaderAt, start int64, size int) ([]byte, error) {
	head := make([]byte, size)
	n, err := file.ReadAt(head, start)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return head[:n], nil
}
