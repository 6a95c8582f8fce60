package codec

import (
	"io"
	"math"
)

// A textReader gives the text of a file. Reading it ends with io.EOF, with *Damage, or with the trouble the disk had.
type textReader interface {
	io.Reader
	used() int64     // bytes of the file that have been used for what has been read
	verified() int64 // of the bytes read, how many from the start are known to be right
	close()          // ends what the reader has running
}

// input is a file as it is on disk.
type input struct {
	io.Reader
	at     io.ReaderAt // the same file at an offset; nil where it cannot be read so, and then damage ends it
	accept bool        // text of damaged parts is wanted too
}

// plainReader gives a file that is not compressed.
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

// unexpected is for errors of a file that should go on.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// countedFile counts what is read of a file, and marks the disk's errors as such.
type countedFile struct {
	file io.Reader
	read int64
}

func (c *countedFile) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.read += int64(n)
	if err != nil && err != io.EOF {
		err = &diskError{err}
	}
	return n, err
}
