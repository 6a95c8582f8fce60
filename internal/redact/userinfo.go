package redact

import (
	"bytes"
	"strings"
	"unicode"
)

// maybeUserinfo quickly excludes texts without a URL that has a name or a password before its host.
func maybeUserinfo(text []byte) bool {
	return bytes.IndexByte(text, '@') >= 0 && authorityStart(text, 0, QueryStart(text)) >= 0
}

// withoutUserinfo returns a text in which name and password before the host of a URL are redacted:
// https://redacted@a.example/. The name may be a token. found reports whether there was any; if not, text is
// returned.
func withoutUserinfo(text []byte) (out []byte, found bool) {
	if !maybeUserinfo(text) {
		return text, false
	}
	query := QueryStart(text)
	copied := 0
	for i := authorityStart(text, 0, query); i >= 0; i = authorityStart(text, i, query) {
		end := i + authorityEnd(text[i:], query >= 0 && i > query)
		at := bytes.LastIndexByte(text[i:end], '@')
		if at > 0 && string(text[i:i+at]) != Replacement {
			out = append(append(out, text[copied:i]...), Replacement...)
			copied = i + at
		}
	}
	if copied == 0 {
		return text, false
	}
	return append(out, text[copied:]...), true
}

// authorityStart returns the start of the next authority (user, password and host), -1 if there is none.
// query is the start of the query.
func authorityStart(text []byte, from, query int) int {
	first := -1
	if from == 0 {
		first = len(text) - len(bytes.TrimLeftFunc(text, unicode.IsSpace))
	}
	for i := from; ; {
		n := bytes.IndexAny(text[i:], `/\`)
		if n < 0 {
			return -1
		}
		slashes := i + n
		for i = slashes; i < len(text) && isSlash(text[i]); i++ {
		}
		double := text[slashes] == '/' && i-slashes > 1
		switch before := text[:slashes]; {
		case afterWebScheme(before):
			return i
		case double && bytes.HasSuffix(before, []byte(":")) && text[slashes+1] == '/':
			return slashes + 2
		case double && (slashes == first || query >= 0 && slashes > query && startsValue(before)):
			return i
		}
	}
}

// afterWebScheme reports whether a text ends with a scheme after which browsers accept any slashes for //:
// https:\\a.example.
func afterWebScheme(before []byte) bool {
	before, ok := bytes.CutSuffix(before, []byte(":"))
	if !ok {
		return false
	}
	word := before[len(before)-min(len(before), len("https")):]
	word = word[bytes.LastIndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })+1:]
	for _, scheme := range []string{"http", "https", "ws", "wss", "ftp"} {
		if strings.EqualFold(string(word), scheme) {
			return true
		}
	}
	return false
}

// startsValue reports whether a text ends where a parameter or its value can start.
func startsValue(before []byte) bool {
	return len(before) > 0 && strings.IndexByte("=?#&;", before[len(before)-1]) >= 0
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

// authorityEnd returns the end of a host: before a path, a query, a fragment or white space, and within the
// query of another URL before the next parameter.
func authorityEnd(text []byte, inQuery bool) int {
	end := bytes.IndexFunc(text, func(r rune) bool {
		return strings.ContainsRune(`/?#\`, r) || unicode.IsSpace(r) || inQuery && (r == '&' || r == ';')
	})
	if end < 0 {
		return len(text)
	}
	return end
}
