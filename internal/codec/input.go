package codec

import (
	"io"
	"math"
)

// A textReader gives the text of a file. Reading ends with io.EOF, a *Damage or the error that reading the
// file returned. Only after a *Gap may it continue.
type textReader interface {
	io.Reader
	used() int64     // bytes of the file that the text read so far came from
	verified() int64 // bytes of text, from the start, that are known to be right; may exceed what was read
	close()          // stops goroutines and gives buffers back; does not close the file
}

// input is a file as it is stored.
type input struct {
	io.Reader
	at     io.ReaderAt // the same file at any offset; nil if the source has no such access
	accept bool        // text of damaged parts is read too, up to the damage
}

// plainReader is the textReader of a file that is not compressed.
type plainReader struct {
	file io.Reader
	read int64
}

func (s *plainReader) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	s.read += int64(n)
	return n, err
}

func (s *plainReader) used() int64     { return s.read }
func (s *plainReader) verified() int64 { return math.MaxInt64 }
func (s *plainReader) close()          {}

// unexpected turns io.EOF into io.ErrUnexpectedEOF, where a format says that more must follow.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// countedInput counts the bytes that are read of a file, and marks its errors as inputError.
type countedInput struct {
	file io.Reader
	read int64
}

func (c *countedInput) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.read += int64(n)
	if err != nil && err != io.EOF {
		err = &inputError{err}
	}
	return n, err
}
