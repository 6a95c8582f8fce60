package terminal

import (
	"strings"

	"ph2cio/internal/escape"
)

// Style colours text for a terminal if it is on, and writes the signs of this program's own text in ASCII where
// that is wanted. The zero value leaves text as it is.
type Style struct {
	On    bool
	ASCII bool // for a locale without UTF-8
}

// Text returns a text with signs that the locale has. Names from outside stay as they are.
func (s Style) Text(text string) string {
	if !s.ASCII {
		return text
	}
	return asciiSigns.Replace(text)
}

// asciiSigns replaces the signs beyond ASCII that this program's own text has.
var asciiSigns = strings.NewReplacer("→", "->", "–", "-", "·", "|", "…", "...")

func (s Style) paint(code, text string) string {
	if !s.On || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Bold returns a text in bold. Dim, Red, Green and Cyan do the same in their ways.
func (s Style) Bold(text string) string  { return s.paint("1", text) }
func (s Style) Dim(text string) string   { return s.paint("2", text) }
func (s Style) Red(text string) string   { return s.paint("31", text) }
func (s Style) Green(text string) string { return s.paint("32", text) }
func (s Style) Cyan(text string) string  { return s.paint("36", text) }

// Magenta is for what somebody should look at. Yellow would be usual, but cannot be read on a light background.
func (s Style) Magenta(text string) string { return s.paint("35", text) }

// Strong sets off what somebody should notice in a summary.
func (s Style) Strong(text string) string { return s.Bold(text) }

// Plain makes text from outside safe to show. Newlines stay.
func Plain(text string) string { return escape.Text(text) }

// OneLine is Plain for text that must stay on one line.
func OneLine(text string) string {
	return strings.ReplaceAll(Plain(text), "\n", `\u000a`)
}
