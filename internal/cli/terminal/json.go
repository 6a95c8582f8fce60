package terminal

import "strings"

// SpacedJSON returns JSON in one line with a blank behind each comma and colon, where Wrap can break it. Untrusted text in it is
// escaped.
func SpacedJSON(text []byte) string {
	var b strings.Builder
	quoted, escaped := false, false
	for _, c := range text {
		b.WriteByte(c)
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			b.WriteByte(' ')
		}
	}
	return OneLine(b.String())
}
