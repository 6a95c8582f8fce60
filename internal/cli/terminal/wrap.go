package terminal

import (
	"strings"

	"github.com/rivo/uniseg"
)

// How wide text is where there is no terminal, and at most: longer lines are hard to read.
const (
	ColumnsWithoutTerminal = 80
	MaxColumns             = 100
)

// Wrap breaks the lines of a text at blanks so that none is wider than width. Every line but the
// first is indented; the first follows something of that width, such as a label. A word that is too long gets
// a line of its own. What is meant to be copied, such as a flag and its value, stays on one line where it
// fits.
func Wrap(text string, width, indent int) string {
	margin := "\n" + strings.Repeat(" ", indent)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = wrapLine(line, width-indent, margin)
	}
	return strings.Join(lines, margin)
}

// wrapLine wraps one line. Several blanks stay several, except where the line is broken.
func wrapLine(line string, room int, margin string) string {
	var b strings.Builder
	column := 0
	for rest := line; rest != ""; {
		word := strings.TrimLeft(rest, " ")
		blanks := len(rest) - len(word)
		word, rest = cutUnit(word, room)
		switch wide := ColumnsOf(word); {
		case word == "":
		case column > 0 && column+blanks+wide > room:
			b.WriteString(margin + word)
			column = wide
		default:
			b.WriteString(strings.Repeat(" ", blanks) + word)
			column += blanks + wide
		}
	}
	return b.String()
}

// cutUnit cuts off what has to stay on one line: a command in backquotes, a flag with its value, a number
// with what it counts, or a word.
func cutUnit(text string, room int) (unit, rest string) {
	if end := unitEnd(text); end > 0 && ColumnsOf(text[:end]) <= room {
		return text[:end], text[end:]
	}
	return cutWord(text)
}

// unitEnd is where a text in backquotes, a flag with its value, or a number with its word ends that begins a
// text; 0 for anything else.
func unitEnd(text string) int {
	open := len(text) - len(strings.TrimLeft(text, "(\"'"))
	switch {
	case strings.HasPrefix(text[open:], "`"):
		return wordEnd(text, closing(text, open))
	case strings.HasPrefix(text[open:], "--"):
		word, rest := cutWord(text)
		if rest == "" || strings.ContainsAny(word[len(word)-1:], ",;:.)'\"") {
			return 0
		}
		value := len(word) + 1
		if value < len(text) && text[value] == '\'' {
			return wordEnd(text, closing(text, value))
		}
		return wordEnd(text, value)
	}
	if word, rest := cutWord(text[open:]); len(rest) > 1 && strings.Trim(word, "0123456789,") == "" && !strings.HasSuffix(word, ",") {
		return wordEnd(text, open+len(word)+1)
	}
	return 0
}

// closing is the index of the quote that ends the quotation at open, or open itself if none does.
func closing(text string, open int) int {
	if end := strings.IndexByte(text[open+1:], text[open]); end >= 0 {
		return open + 1 + end
	}
	return open
}

// wordEnd is where the word at an index ends.
func wordEnd(text string, at int) int {
	if end := strings.IndexByte(text[at:], ' '); end >= 0 {
		return at + end
	}
	return len(text)
}

// cutWord cuts off the first word of a text.
func cutWord(text string) (word, rest string) {
	if end := strings.IndexByte(text, ' '); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

// ColumnsOf is how many columns of a terminal a text takes. Colours take none.
func ColumnsOf(text string) int {
	for {
		before, rest, ok := strings.Cut(text, "\x1b[")
		if !ok {
			return uniseg.StringWidth(text)
		}
		_, after, _ := strings.Cut(rest, "m")
		text = before + after
	}
}

func cut(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n]) + "..."
}
