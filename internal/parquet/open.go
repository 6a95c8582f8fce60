package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"

	"ph2cio/internal/codec"
)

// The magic numbers with which a file begins and ends.
const (
	Magic          = "PAR1"
	EncryptedMagic = "PARE" // of a file whose footer is encrypted
)

const (
	trailerSize = 8 // the length of the footer in four bytes, and the magic number
	mostFooter  = 64 << 20
	tailSize    = 64 << 10 // bytes at the end that are read first: most footers are shorter
)

// Open reads and checks the footer of a file of size bytes. The error is a *codec.Damage if the footer is
// missing, cut short, too large or contradicts itself or the file, so that nothing of the file can be used.
// It is a *Refused if the file is encrypted, and else what reading has returned.
func Open(at io.ReaderAt, size int64) (*File, error) {
	start, footer, err := readFooter(at, size)
	if err != nil {
		return nil, err
	}
	f := &File{at: at, size: size}
	if err := f.decode(footer); err != nil {
		return nil, err
	}
	if err := f.check(start); err != nil {
		return nil, err
	}
	if err := f.checkJoined(start); err != nil {
		return nil, err
	}
	return f, nil
}

// readFooter returns the footer's bytes, and where in the file they begin.
func readFooter(at io.ReaderAt, size int64) (start int64, footer []byte, err error) {
	if size < int64(len(Magic)) {
		return 0, nil, damage("the file is cut off: it has only %d bytes", size)
	}
	head := make([]byte, len(Magic))
	if err := readAt(at, head, 0); err != nil {
		return 0, nil, err
	}
	switch string(head) {
	case EncryptedMagic:
		return 0, nil, encrypted()
	case Magic:
	default:
		return 0, nil, damage("the file does not begin with %s", Magic)
	}
	if size < int64(len(Magic)+trailerSize) {
		return 0, nil, damage("the file is cut off: it has only %d bytes", size)
	}
	tail := make([]byte, min(size-int64(len(Magic)), tailSize))
	if err := readAt(at, tail, size-int64(len(tail))); err != nil {
		return 0, nil, err
	}
	trailer := tail[len(tail)-trailerSize:]
	if string(trailer[4:]) != Magic {
		return 0, nil, damage("the file is cut off: its end, where a Parquet file says what is in it, is missing")
	}
	length := int64(binary.LittleEndian.Uint32(trailer))
	switch start = size - trailerSize - length; {
	case start < int64(len(Magic)):
		return 0, nil, damage("the footer is said to have %d bytes, more than the file", length)
	case length > mostFooter:
		return 0, nil, damage("the footer has %d bytes, more than the %d that are read", length, mostFooter)
	case length <= int64(len(tail)-trailerSize):
		return start, tail[len(tail)-trailerSize-int(length) : len(tail)-trailerSize], nil
	}
	footer = make([]byte, length)
	return start, footer, readAt(at, footer, start)
}

// readAt fills b. A file that has become shorter is damaged.
func readAt(at io.ReaderAt, b []byte, offset int64) error {
	n, err := at.ReadAt(b, offset)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return damage("the file is cut off: byte %d cannot be read", offset+int64(n))
	}
	return err
}

// signatureSize is how many bytes follow the footer of a file whose columns are encrypted, but not its
// footer.
const signatureSize = 28

// decode checks the footer's bytes and decodes them. The strings in f.meta share them.
func (f *File) decode(footer []byte) (err error) {
	n, err := checkThrift(footer)
	switch rest := len(footer) - n; {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return damage("the footer is damaged: it is cut off")
	case err != nil:
		return damage("the footer is damaged: %w", err)
	case rest == signatureSize:
		return encrypted()
	case rest > 0:
		return damage("the footer is damaged: it ends %d bytes too soon", rest)
	}
	defer func() {
		if p := recover(); p != nil {
			err = damage("the footer is damaged: %v", p)
		}
	}()
	var protocol thrift.CompactProtocol
	if err := thrift.NewDecoder(protocol.NewReaderFromBytes(footer)).Decode(&f.meta); err != nil {
		return damage("the footer is damaged: %w", innermost(err))
	}
	return nil
}

// innermost leaves out where in the footer the library has found an error.
func innermost(err error) error {
	for within := err; within != nil; within = errors.Unwrap(within) {
		err = within
	}
	return err
}

func damage(text string, args ...any) error {
	return &codec.Damage{Err: fmt.Errorf(text, args...)}
}

func encrypted() error {
	return &Refused{What: "the Parquet file is encrypted", Hint: "export without encryption"}
}
