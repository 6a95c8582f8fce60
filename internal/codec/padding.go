package codec

import (
	"fmt"
	"io"
)

// mostPadding is how many bytes after the last compressed part are ignored, whatever they are. No row is so
// short, so they cannot be one whose first bytes were damaged. Any number of zeros and line ends is ignored.
const mostPadding = 32

// paddingError says that something else follows the last good part of a file.
type paddingError struct {
	codec string
	few   bool // there are at most mostPadding bytes of it
}

func (e *paddingError) Error() string {
	if e.few {
		return fmt.Sprintf("the last few bytes of the file are not %s and were left out", e.codec)
	}
	return fmt.Sprintf("the data after the last good part of the file is not %s", e.codec)
}

// skipPadding reads what follows the last good part. It returns io.EOF if that is nothing, zeros or line
// ends, else a *paddingError.
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
