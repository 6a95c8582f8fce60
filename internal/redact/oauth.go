package redact

import "bytes"

// oauthAnswer knows the parameters with which an authorization server sends people back: code and state, in
// one query or fragment (RFC 6749, 4.1.2). Whoever has both can log in as that person. A code alone may be a
// coupon, a state alone a part of a country.
type oauthAnswer struct {
	end  int // of the query or fragment that was searched last
	both bool
}

// has reports whether a parameter is part of an answer. It starts at i, with a name that is plain here; they
// come in order.
func (a *oauthAnswer) has(text []byte, i int, name []byte, prose bool) bool {
	if !isCode(name) && !isState(name) {
		return false
	}
	if i >= a.end {
		a.look(text, i, prose)
	}
	return a.both
}

// look searches the rest of a query or fragment whose first code or state starts at i.
func (a *oauthAnswer) look(text []byte, i int, prose bool) {
	a.end = i + componentEnd(text[i:], prose)
	var room [64]byte
	var code, state bool
	for i < a.end && !(code && state) {
		end := min(parameterEnd(text, i), a.end)
		if name, value, _ := bytes.Cut(text[i:end], []byte("=")); len(value) > 0 {
			name = plainName(room[:0], name)
			code, state = code || isCode(name), state || isState(name)
		}
		i = end + 1
	}
	a.both = code && state
}

func isCode(plain []byte) bool  { return bytes.EqualFold(plain, []byte("code")) }
func isState(plain []byte) bool { return bytes.EqualFold(plain, []byte("state")) }
