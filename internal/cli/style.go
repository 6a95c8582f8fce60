package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// style colours text for a terminal, or leaves it alone.
type style struct{ on bool }

func (p *program) style(terminal bool) style { return style{p.env.colour(terminal)} }

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

// plain makes text from outside safe to show: control characters, text-direction overrides and whatever else does not
// print become \uXXXX, so that an event's name cannot steer the terminal (CWE-150). Newlines stay.
func plain(text string) string {
	if !needsEscape(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			writeEscape(&b, rune(text[i]))
		case shows(r):
			b.WriteRune(r)
		default:
			writeEscape(&b, r)
		}
	}
	return b.String()
}

func needsEscape(text string) bool {
	if !utf8.ValidString(text) {
		return true
	}
	return strings.ContainsFunc(text, func(r rune) bool { return !shows(r) })
}

func shows(r rune) bool { return r == '\n' || unicode.IsPrint(r) }

// writeEscape writes r as JSON would, so that JSON stays JSON.
func writeEscape(b *strings.Builder, r rune) {
	const hex = "0123456789abcdef"
	if r > 0xFFFF {
		r -= 0x10000
		writeEscape(b, 0xD800+r>>10)
		r = 0xDC00 + r&0x3FF
	}
	b.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		b.WriteByte(hex[r>>shift&0xF])
	}
}

// oneLine is plain for a place where a newline would break the line.
func oneLine(text string) string {
	return strings.ReplaceAll(plain(text), "\n", `\u000a`)
}
