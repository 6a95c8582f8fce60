package codec

import (
	"fmt"
	"io"
)

// mostPadding is how many bytes after the last compressed part are left out, whatever they are: fewer than any row needs,
// so that they are no row whose first bytes were damaged. Zeros and line ends are left out however many there are.
const mostPadding = 32

// paddingError says that a file goes on with something else after its last good part.
type paddingError struct {
	codec string
	few   bool // mostPadding bytes at most
}

func (e *paddingError) Error() string {
	if e.few {
		return fmt.Sprintf("the last few bytes of the file are not %s and were left out", e.codec)
	}
	return fmt.Sprintf("the data after the last good part of the file is not %s", e.codec)
}

// skipPadding reads what follows the last good part and says what it is: io.EOF when it is nothing.
func skipPadding(file io.ByteReader, codec string) error {
	for n := 0; n <= mostPadding; {
		c, err := file.ReadByte()
		switch {
		case err == io.EOF && n > 0:
			return &paddingError{codec, true}
		case err != nil:
			return err
		case c != 0 && c != '\n' && c != '\r' || n > 0:
			n++
		}
	}
	return &paddingError{codec, false}
}
