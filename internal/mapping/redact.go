package mapping

import (
	"bytes"
	"net/url"
	"unicode"
)

// secretNames are the names whose values are secrets, as a property's key or as a parameter in a URL.
var secretNames = []string{"token", "access_token", "password", "secret", "signature", "api_key"}

// redactedText stands in for a secret.
const redactedText = "redacted"

// secretKeys are the secretNames, ready for looking up.
var secretKeys = newSecrets(nil)

// secrets are names to hide the values of. Upper and lower case are the same.
type secrets struct {
	names   [][]byte
	lengths uint64 // bit n is set when a name has n bytes; a quick no for most
}

// newSecrets adds names to those that are always hidden.
func newSecrets(more []string) *secrets {
	s := &secrets{}
	for _, names := range [][]string{secretNames, more} {
		for _, name := range names {
			s.names = append(s.names, []byte(name))
			s.lengths |= 1 << (len(name) % 64)
		}
	}
	return s
}

func (s *secrets) has(name []byte) bool {
	if s.lengths&(1<<(len(name)%64)) == 0 {
		return false
	}
	for _, secret := range s.names {
		if len(secret) == len(name) && bytes.EqualFold(secret, name) {
			return true
		}
	}
	return false
}

// maybeSecret is a quick no for texts that are no URL with a parameter.
func maybeSecret(text []byte) bool { return bytes.IndexByte(text, '=') >= 0 && queryStart(text) >= 0 }

// queryStart returns where the query or else the fragment of a URL starts, -1 when it has neither.
func queryStart(url []byte) int {
	query, fragment := bytes.IndexByte(url, '?'), bytes.IndexByte(url, '#')
	if query < 0 || fragment >= 0 && fragment < query {
		return fragment
	}
	return query
}

// appendRedacted appends a URL with the values of secret parameters in its query or fragment redacted. found reports
// whether there was one; if not, what was appended means nothing. A URL is any text without white space before its first
// ? or #, so that paths and hosts without a scheme count. A parameter that holds another URL with a secret,
// percent-encoded, is redacted whole.
func (s *secrets) appendRedacted(dst, text []byte) (out []byte, found bool) {
	return s.redact(dst, text, 0)
}

// maxEncodings is how deep URLs are looked for inside the parameters of URLs.
const maxEncodings = 4

func (s *secrets) redact(dst, text []byte, depth int) ([]byte, bool) {
	i := queryStart(text)
	if i < 0 {
		return dst, false
	}
	before, copied := text[:i], 0
	for i++; i < len(text); i++ {
		end := parameterEnd(text, i)
		if equals := bytes.IndexByte(text[i:end], '='); equals >= 0 {
			value := i + equals + 1
			secret := s.has(unescaped(text[i : value-1]))
			if secret {
				end = secretEnd(text, value)
			}
			if secret && hidable(text[value:end]) || !secret && s.within(text[value:end], depth) {
				dst = append(append(dst, text[copied:value]...), redactedText...)
				copied = end
			}
		}
		i = end
	}
	if copied == 0 || bytes.IndexFunc(before, unicode.IsSpace) >= 0 {
		return dst, false
	}
	return append(dst, text[copied:]...), true
}

func parameterEnd(text []byte, i int) int {
	for i < len(text) && text[i] != '&' && text[i] != ';' && text[i] != '?' && text[i] != '#' {
		i++
	}
	return i
}

// secretEnd is further on than parameterEnd where a secret has a ? or a ; of its own.
func secretEnd(text []byte, i int) int {
	for i < len(text) && text[i] != '&' && text[i] != '#' {
		i++
	}
	return i
}

func hidable(value []byte) bool { return len(value) > 0 && string(value) != redactedText }

// unescaped undoes percent-encoding, where there is some.
func unescaped(text []byte) []byte {
	if bytes.IndexByte(text, '%') < 0 {
		return text
	}
	if plain, err := url.QueryUnescape(string(text)); err == nil {
		return []byte(plain)
	}
	return text
}

// within reports whether a parameter's value is a URL with a secret, percent-encoded once or more.
func (s *secrets) within(value []byte, depth int) bool {
	for ; depth < maxEncodings && bytes.IndexByte(value, '%') >= 0; depth++ {
		value = unescaped(value)
		if !maybeSecret(value) {
			continue
		}
		if _, found := s.redact(nil, value, depth+1); found {
			return true
		}
	}
	return false
}
