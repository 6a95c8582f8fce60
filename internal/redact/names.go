package redact

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"
)

// secretNames are the names whose values are secrets, as keys of properties and as parameters in URLs.
var secretNames = []string{
	"token", "access_token", "id_token", "refresh_token", "jwt", "password", "passwd", "secret", "client_secret",
	"signature", "api_key", "x_api_key", "session_token",
}

// secretParameters are names whose values are secrets in a URL only: a property with such a name may have
// another meaning. Names that URLs also use for harmless values, such as key, auth, code, session, ticket or
// otp, are left to --redact-query, since a value that is redacted needlessly is lost.
var secretParameters = []string{
	"pwd", "sid", "jsessionid", "phpsessid", "auth_token", "oauth_token", "oauth_verifier", "reset_token",
	"reset_password_token", "confirmation_token", "invitation_token", "sig", "x-amz-signature", "x-amz-security-token",
	"x-goog-signature", "samlresponse",
}

// DefaultNames returns the names whose values are redacted by default: everywhere, and in URLs only.
func DefaultNames() (everywhere, inURLs []string) {
	return slices.Clone(secretNames), slices.Clone(secretParameters)
}

// Replacement replaces a secret.
const Replacement = "redacted"

// secretKeys are the secretNames, ready for looking up.
var secretKeys = newSecrets(secretNames)

// NamesSecret reports whether the value of a property is a secret, by the name of the property.
func NamesSecret(name []byte) bool { return secretKeys.named(name) }

// Secrets are the names whose values are redacted. Case, dashes and underscores do not count: accessToken is
// access-token. A name of three letters is too short for that: s_id is not sid. Secrets may be used by many
// goroutines.
type Secrets struct {
	names   []secretName
	lengths [256]uint64 // bit n of [c] is set if a name of n letters starts with c; excludes most names quickly
}

type secretName struct{ given, letters []byte }

const fewLetters = 3

// New returns the default names and more.
func New(more []string) *Secrets { return newSecrets(secretNames, secretParameters, more) }

func newSecrets(lists ...[]string) *Secrets {
	s := &Secrets{}
	for _, name := range slices.Concat(lists...) {
		if name != "" {
			given := []byte(name)
			s.names = append(s.names, secretName{given, appendLetters(nil, given)})
			first, n := spelled(given)
			s.lengths[first] |= 1 << (n % 64)
		}
	}
	return s
}

func (s *Secrets) has(name []byte) bool {
	first, n := spelled(name)
	if len(name) == 0 || s.lengths[first]&(1<<(n%64)) == 0 {
		return false
	}
	var room [64]byte
	var letters []byte
	for i := range s.names {
		secret := &s.names[i]
		if len(secret.letters) != n {
			continue
		}
		if n <= fewLetters {
			if len(secret.given) == len(name) && bytes.EqualFold(secret.given, name) {
				return true
			}
			continue
		}
		if letters == nil {
			letters = appendLetters(room[:0], name)
		}
		if bytes.EqualFold(secret.letters, letters) {
			return true
		}
	}
	return false
}

// spelled returns how a name starts, in lower case, and how long it is, without dashes and underscores.
func spelled(name []byte) (first byte, n int) {
	for _, c := range name {
		if c == '-' || c == '_' {
			continue
		}
		if n == 0 {
			first = c | 0x20
		}
		n++
	}
	return first, n
}

// appendLetters appends a name without dashes and underscores.
func appendLetters(dst, name []byte) []byte {
	for _, c := range name {
		if c != '-' && c != '_' {
			dst = append(dst, c)
		}
	}
	return dst
}

// named reports whether a name is that of a secret, or a path that contains one, as forms and frameworks
// write it: user[password], token[0], user.password.
func (s *Secrets) named(name []byte) bool {
	for rest := name; ; {
		end := bytes.IndexAny(rest, "[].")
		if end < 0 {
			return s.has(rest) || s.has(name)
		}
		if s.has(rest[:end]) {
			return true
		}
		rest = rest[end+1:]
	}
}

// namedEscaped is named for a percent-encoded name.
func (s *Secrets) namedEscaped(name []byte) bool {
	var room [64]byte
	return s.named(plainName(room[:0], name))
}

// plainName returns a parameter's name without percent-encoding and without blanks around it, as servers read
// it. If the name is itself a URL with parameters, it returns the name of the last one. It may use the memory
// of dst.
func plainName(dst, name []byte) []byte {
	if isPlain(name) {
		return name
	}
	first, _ := utf8.DecodeRune(name)
	if bytes.IndexByte(name, '%') >= 0 {
		name = AppendUnescaped(dst, name)
		name = name[bytes.LastIndexAny(name, "?#&;")+1:]
	}
	if unicode.IsSpace(first) { // that is no URL: is it this? token=abc
		return name
	}
	return bytes.TrimSpace(bytes.Trim(name, "+"))
}

// isPlain quickly recognises names that plainName would not change.
func isPlain(name []byte) bool {
	return len(name) == 0 || isGraphic(name[0]) && isGraphic(name[len(name)-1]) && bytes.IndexByte(name, '%') < 0
}

func isGraphic(c byte) bool { return ' ' < c && c < utf8.RuneSelf && c != '+' }

func hidable(value []byte) bool { return len(value) > 0 && string(value) != Replacement }
