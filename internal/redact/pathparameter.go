package redact

import (
	"bytes"
	"strings"
	"unicode"
)

// sessionID is a parameter that occurs only in paths of URLs.
const sessionID = "jsessionid"

// maybePathParameter quickly excludes texts without a parameter in a path: /shop;jsessionid=1A2B.
func maybePathParameter(text []byte) bool {
	semicolon := bytes.IndexByte(text, ';')
	return semicolon >= 0 && bytes.IndexByte(text[semicolon:], '=') >= 0
}

// withoutPathParameters returns a text in which the values of secret parameters in paths are redacted, before
// the first parameter of a query. A path has a slash before them; the session ID of Java's servers needs
// none. found reports whether there were any; if not, text is returned.
func (s *Secrets) withoutPathParameters(text []byte) (out []byte, found bool) {
	if !maybePathParameter(text) {
		return text, false
	}
	end := QueryStart(text)
	if end < 0 {
		end = len(text)
	}
	copied, slash := 0, false
	for i := 0; i < end; {
		semicolon := bytes.IndexByte(text[i:end], ';')
		if semicolon < 0 {
			break
		}
		slash = slashAfter(text[i:i+semicolon], slash)
		name := i + semicolon + 1
		i = name + pathParameterEnd(text[name:end])
		equals := bytes.IndexByte(text[name:i], '=')
		if equals < 0 {
			continue
		}
		value := name + equals + 1
		if hidable(text[value:i]) && s.inPath(text[name:value-1], slash) {
			out = append(append(out, text[copied:value]...), Replacement...)
			copied = i
		}
	}
	if copied == 0 {
		return text, false
	}
	return append(out, text[copied:]...), true
}

// inPath reports whether a parameter of a path is a secret. Without a slash before it, it is in no path,
// unless it is a session ID.
func (s *Secrets) inPath(name []byte, slash bool) bool {
	return s.namedEscaped(name) && (slash || strings.EqualFold(string(name), sessionID))
}

// slashAfter reports whether the last word has a slash. text is the next part of the word; before says
// whether there was one in the parts before.
func slashAfter(text []byte, before bool) bool {
	if blank := bytes.LastIndexFunc(text, unicode.IsSpace); blank >= 0 {
		text, before = text[blank:], false
	}
	return before || bytes.IndexByte(text, '/') >= 0
}

// pathParameterEnd returns where a parameter of a path ends: a quote ends one in a chain of elements.
func pathParameterEnd(text []byte) int {
	end := bytes.IndexFunc(text, func(r rune) bool { return strings.ContainsRune(`;/&"`, r) || unicode.IsSpace(r) })
	if end < 0 {
		return len(text)
	}
	return end
}
