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
func (a *oauthAnswer) has(s *Secrets, p *parameters, i int, name []byte) bool {
	if !isCode(name) && !isState(name) {
		return false
	}
	if i >= a.end {
		a.look(s, p, i)
	}
	return a.both
}

// look searches the rest of a query or fragment whose first code or state starts at i. A secret in it may
// contain a ?, which does not end the query then.
func (a *oauthAnswer) look(s *Secrets, p *parameters, i int) {
	var room [64]byte
	var code, state bool
	a.end = i + componentEnd(p.text[i:], p.prose)
	for i < a.end {
		end := min(parameterEnd(p.text, i), a.end)
		if name, value, _ := bytes.Cut(p.text[i:end], []byte("=")); len(value) > 0 {
			plain := plainName(room[:0], name)
			code, state = code || isCode(plain), state || isState(plain)
			if s.named(plain) {
				end = p.secretEnd(i + len(name) + 1)
				a.reach(p, i, end)
			}
		}
		i = end + 1
	}
	a.both = code && state
}

// reach moves the end of a query or fragment if a secret from start to end is in it that contains a ?.
func (a *oauthAnswer) reach(p *parameters, start, end int) {
	if start < a.end && a.end < end {
		a.end = end + componentEnd(p.text[end:], p.prose)
	}
}

func isCode(plain []byte) bool  { return bytes.EqualFold(plain, []byte("code")) }
func isState(plain []byte) bool { return bytes.EqualFold(plain, []byte("state")) }
