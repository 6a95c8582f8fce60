package cli

import (
	"strings"

	"ph2cio/internal/escape"
)

// style colours text for a terminal, or leaves it as it is.
type style struct{ on bool }

func (s style) paint(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string   { return s.paint("1", text) }
func (s style) dim(text string) string    { return s.paint("2", text) }
func (s style) red(text string) string    { return s.paint("31", text) }
func (s style) green(text string) string  { return s.paint("32", text) }
func (s style) yellow(text string) string { return s.paint("33", text) }
func (s style) cyan(text string) string   { return s.paint("36", text) }

// plain makes text from outside safe to show. Newlines stay.
func plain(text string) string { return escape.Text(text) }

// oneLine is plain for text that must stay on one line.
func oneLine(text string) string {
	return strings.ReplaceAll(plain(text), "\n", `\u000a`)
}
