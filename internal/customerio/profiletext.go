package customerio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// mostHeader is how many bytes are examined to detect the encoding and the delimiter of a file.
const mostHeader = 64 << 10

// inUTF8 converts text to UTF-8 without a byte order mark. Spreadsheets write UTF-16.
func inUTF8(in *bufio.Reader) *bufio.Reader {
	head, _ := in.Peek(4)
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(head, []byte("\ufeff")):
		in.Discard(len("\ufeff"))
		return in
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	case len(head) == 4 && head[1] == 0 && head[3] == 0: // UTF-16 without a byte order mark
		order = binary.LittleEndian
	case len(head) == 4 && head[0] == 0 && head[2] == 0:
		order = binary.BigEndian
	default:
		return in
	}
	text := bufio.NewReaderSize(&utf16Text{in: in, order: order}, mostHeader)
	if mark, _ := text.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		text.Discard(len(mark))
	}
	return text
}

// utf16Text converts UTF-16 to UTF-8. Half of a surrogate pair and a single byte at the end become U+FFFD.
type utf16Text struct {
	in    *bufio.Reader
	order binary.ByteOrder
	text  []byte // converted and not read yet
}

func (u *utf16Text) Read(p []byte) (int, error) {
	for room := min(len(p), mostHeader); len(u.text) < room; {
		pair, err := u.in.Peek(2)
		if len(pair) < 2 {
			if len(pair) == 1 {
				u.in.Discard(1)
				u.text = utf8.AppendRune(u.text, utf8.RuneError)
			}
			if len(u.text) == 0 {
				return 0, err
			}
			break
		}
		r, size := rune(u.order.Uint16(pair)), 2
		if utf16.IsSurrogate(r) {
			next := rune(utf8.RuneError)
			if both, _ := u.in.Peek(4); len(both) == 4 {
				next = rune(u.order.Uint16(both[2:]))
			}
			if r = utf16.DecodeRune(r, next); r != utf8.RuneError {
				size = 4
			}
		}
		u.in.Discard(size)
		u.text = utf8.AppendRune(u.text, r)
	}
	n := copy(p, u.text)
	u.text = u.text[:copy(u.text, u.text[n:])]
	return n, nil
}

// delimiterOf returns the delimiter of a file. If the first line names it, like Excel's `sep=;`, named is
// true and the header is the next line. Otherwise it is the one that splits the header into the most known
// columns.
func delimiterOf(in *bufio.Reader) (delimiter rune, named bool) {
	head, _ := in.Peek(mostHeader)
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if len(line) == len("sep=;") && bytes.HasPrefix(line, []byte("sep=")) {
		return rune(line[len("sep=")]), true
	}
	delimiter = ','
	most := 0
	for _, d := range []rune{',', ';', '\t'} {
		known := 0
		rows := csv.NewReader(bytes.NewReader(head))
		rows.Comma = d
		cells, _ := rows.Read()
		for _, name := range []string{"id", "email", "cio_id"} {
			if columnOf(cells, name) >= 0 {
				known++
			}
		}
		if known > most {
			delimiter, most = d, known
		}
	}
	return delimiter, false
}

// rounded matches numbers that a spreadsheet has rounded: 4892010000000123 becomes 4.89201E+15, so that many
// IDs become the same.
var rounded = regexp.MustCompile(`^-?\d([.,]\d+)?E\+\d{2,}$`)

func roundedError(line int, id string) error {
	return fmt.Errorf("line %d has the ID %q: a spreadsheet has rounded a longer number "+
		"and lost the other digits", line, id)
}

func isRounded(id string) bool { return strings.Contains(id, "E+") && rounded.MatchString(id) }
