package parquet

import (
	"fmt"
	"io"
)

// section reads a part of a file in order.
type section struct {
	at      io.ReaderAt
	start   int64  // the offset in the file
	next    int64  // the offset of what is read next
	end     int64  // the offset after the section
	ahead   []byte // what has been read and comes before next
	reserve []byte // the memory of ahead
	memory  *memory
}

// fileError is an error of reading the file, as opposed to one in what was read.
type fileError struct{ error }

func (e *fileError) Unwrap() error { return e.error }

// begin begins to read the part of a file from start to end. It keeps the memory of an earlier section.
func (s *section) begin(at io.ReaderAt, start, end int64) {
	*s = section{at: at, start: start, next: start, end: end, reserve: s.reserve, memory: s.memory}
}

// left returns how many bytes have not been taken yet.
func (s *section) left() int64 { return s.end - s.next + int64(len(s.ahead)) }

// taken returns how many bytes have been taken.
func (s *section) taken() int64 { return s.next - int64(len(s.ahead)) - s.start }

// part returns a section of the next n bytes. It does not take them.
func (s *section) part(n int64) section {
	start := s.next - int64(len(s.ahead))
	return section{at: s.at, start: start, next: start, end: start + n}
}

// skipTo takes what comes before the end of a part.
func (s *section) skipTo(part section) { s.ahead, s.next = nil, part.end }

// peek returns the next n bytes without taking them, fewer at the end of the section. They are valid until the
// next call.
func (s *section) peek(n int) ([]byte, error) {
	if n = int(min(int64(n), s.left())); n <= len(s.ahead) {
		return s.ahead[:n], nil
	}
	reserve, err := s.memory.grown(s.reserve, max(n, s.memory.ahead))
	if err != nil {
		return nil, err
	}
	s.reserve = reserve
	had := copy(s.reserve[:cap(s.reserve)], s.ahead)
	room := s.reserve[had:min(int64(cap(s.reserve)), int64(had)+s.end-s.next)]
	if err := s.read(room); err != nil {
		return nil, err
	}
	s.ahead = s.reserve[:had+len(room)]
	return s.ahead[:n], nil
}

// skip takes n bytes that peek has returned.
func (s *section) skip(n int) { s.ahead = s.ahead[n:] }

// take fills p with the next bytes.
func (s *section) take(p []byte) error {
	if int64(len(p)) > s.left() {
		return io.ErrUnexpectedEOF
	}
	n := copy(p, s.ahead)
	s.ahead = s.ahead[n:]
	return s.read(p[n:])
}

// read fills p with bytes of the file.
func (s *section) read(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	n, err := s.at.ReadAt(p, s.next)
	s.next += int64(n)
	switch {
	case n == len(p):
		return nil
	case err == io.EOF:
		return fmt.Errorf("the file ends at byte %d, before the page does", s.next)
	}
	return &fileError{err}
}
