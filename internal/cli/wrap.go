package cli

import (
	"strings"

	"github.com/rivo/uniseg"
)

const (
	columnsWithoutTerminal = 80
	mostColumns            = 100 // longer lines are hard to read
)

// columns is how wide text for people may be.
func (p *program) columns() int {
	if p.env.Width <= 0 {
		return columnsWithoutTerminal
	}
	return min(p.env.Width, mostColumns)
}

// wrapIndented breaks the lines of a text at blanks, so that none is wider than width. Every line but the first begins with so many
// blanks; what stands before the text in the first line, such as a label, is that wide. Longer words stand in lines of their own.
func wrapIndented(text string, width, indent int) string {
	margin := "\n" + strings.Repeat(" ", indent)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = wrapLine(line, width-indent, margin)
	}
	return strings.Join(lines, margin)
}

// wrapLine wraps one line; the blanks within it stand, unless it is broken there.
func wrapLine(line string, room int, margin string) string {
	var b strings.Builder
	column := 0
	for rest := line; rest != ""; {
		word := strings.TrimLeft(rest, " ")
		blanks := len(rest) - len(word)
		word, rest = cutWord(word)
		switch wide := columnsOf(word); {
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

// cutWord cuts a text before its first blank.
func cutWord(text string) (word, rest string) {
	if end := strings.IndexByte(text, ' '); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

// columnsOf is how many columns of a terminal a text takes; colours take none.
func columnsOf(text string) int {
	for {
		before, rest, ok := strings.Cut(text, "\x1b[")
		if !ok {
			return uniseg.StringWidth(text)
		}
		_, after, _ := strings.Cut(rest, "m")
		text = before + after
	}
}
