package mappingfile

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// MaxSize is the largest mapping file in bytes.
const MaxSize = 1 << 20

// maxBlankLines bounds the lines without text that follow one another: the YAML parser takes quadratic time
// for them at the end of a block of text.
const maxBlankLines = 100

// source is the text of a file with \n at the end of each line, without a byte order mark.
type source struct {
	text  string
	lines []string // without \n
}

// newSource checks the bytes of a file. Without ok nothing else of the file can be read.
func newSource(p *problems, text []byte) (s source, ok bool) {
	start := Position{1, 1}
	switch {
	case len(text) > MaxSize:
		p.errorf(start, "the file has %d bytes; a mapping file has at most %d", len(text), MaxSize)
		return s, false
	case bytes.HasPrefix(text, []byte("\xFF\xFE")), bytes.HasPrefix(text, []byte("\xFE\xFF")):
		p.errorf(start, "the file is UTF-16").hinted("save it as UTF-8")
		return s, false
	}
	plain := string(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")))
	s.text = strings.ReplaceAll(plain, "\r\n", "\n")
	if s.text != "" && !strings.HasSuffix(s.text, "\n") {
		s.text += "\n" // the parser ignores a tag that ends the text
	}
	s.lines = strings.Split(strings.TrimSuffix(s.text, "\n"), "\n")
	blank := 0
	for i, line := range s.lines {
		if blank++; strings.Trim(line, " \t") != "" {
			blank = 0
		}
		if blank > maxBlankLines {
			p.errorf(Position{i + 1, 1}, "more than %d lines without text follow one another", maxBlankLines)
			return s, false
		}
		if column := unreadable(line); column > 0 {
			p.errorf(Position{i + 1, column}, "the file is not text: it has bytes that are not UTF-8, or control characters")
			return s, false
		}
	}
	return s, true
}

// unreadable returns the column of the first character that YAML does not allow; 0 if there is none.
func unreadable(line string) (column int) {
	for i, r := range line {
		column++
		bad := r < ' ' && r != '\t' || r >= 0x7F && r < 0xA0 && r != 0x85 || r == 0xFFFE || r == 0xFFFF || r == 0xFEFF
		if r == utf8.RuneError {
			bad = !strings.HasPrefix(line[i:], "\uFFFD")
		}
		if bad {
			return column
		}
	}
	return 0
}

// line returns the text of a line, counted from 1; empty if there is no such line.
func (s source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// from returns the rest of a position's line.
func (s source) from(at Position) string {
	line := s.line(at.Line)
	for column := 1; column < at.Column && line != ""; column++ {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	return line
}
