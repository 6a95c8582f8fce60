package mapping

import (
	"bytes"
	"unicode"
)

// oauthAnswer knows the parameters with which an authorization server sends people back: code and state, in one query or
// fragment (RFC 6749, 4.1.2). Who has both may log in as that person. A code alone is a coupon's, a state alone a country's.
type oauthAnswer struct {
	end  int // of the query or fragment that was looked through last
	both bool
}

// has reports whether a parameter is part of an answer. Its name starts at i; they come in order.
func (a *oauthAnswer) has(text []byte, i int, name []byte, prose bool) bool {
	if !isCode(name) && !isState(name) {
		return false
	}
	if i >= a.end {
		a.look(text, i, prose)
	}
	return a.both
}

// look goes through the rest of a query or fragment whose first code or state starts at i.
func (a *oauthAnswer) look(text []byte, i int, prose bool) {
	a.end = i + componentEnd(text[i:], prose)
	var code, state bool
	for i < a.end && !(code && state) {
		end := min(parameterEnd(text, i), a.end)
		name, value, _ := bytes.Cut(text[i:end], []byte("="))
		code = code || len(value) > 0 && isCode(name)
		state = state || len(value) > 0 && isState(name)
		i = end + 1
	}
	a.both = code && state
}

// componentEnd returns where a query or a fragment ends.
func componentEnd(text []byte, prose bool) int {
	end := bytes.IndexFunc(text, func(r rune) bool { return r == '?' || r == '#' || prose && unicode.IsSpace(r) })
	if end < 0 {
		return len(text)
	}
	return end
}

func isCode(name []byte) bool  { return isNamed(name, "code") }
func isState(name []byte) bool { return isNamed(name, "state") }

// isNamed compares a name as a URL has it. Upper and lower case are the same.
func isNamed(name []byte, want string) bool {
	if len(name) < len(want) {
		return false
	}
	if len(name) > len(want) {
		var room [64]byte
		name = plainName(room[:0], name)
	}
	return len(name) == len(want) && bytes.EqualFold(name, []byte(want))
}
