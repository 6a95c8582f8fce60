package mapping

import (
	"bytes"
	"slices"
)

// secretNames are the names whose values are secrets, as a property's key or as a parameter in a URL.
var secretNames = []string{
	"token", "access_token", "id_token", "refresh_token", "jwt", "password", "passwd", "secret", "client_secret", "signature", "api_key",
}

// secretParameters are names whose values are secrets in a URL only: a property may have one for something else. Names that
// URLs have for harmless things too, such as key, auth, code, session, ticket or otp, are for --redact-query: a value that is
// hidden without need is lost.
var secretParameters = []string{
	"pwd", "sid", "jsessionid", "phpsessid", "apikey", "auth_token", "oauth_token", "oauth_verifier", "reset_token",
	"reset_password_token", "confirmation_token", "invitation_token", "sig", "x-amz-signature", "x-amz-security-token",
	"x-goog-signature", "samlresponse",
}

// SecretNames returns the names whose values become "redacted" by default: as keys of properties and in URLs, and in URLs only.
func SecretNames() (everywhere, inURLs []string) {
	return slices.Clone(secretNames), slices.Clone(secretParameters)
}

// redactedText stands in for a secret.
const redactedText = "redacted"

// secretKeys are the secretNames, ready for looking up.
var secretKeys = named(secretNames)

// secrets are names to hide the values of. Upper and lower case are the same.
type secrets struct {
	names   [][]byte
	lengths [256]uint64 // bit n of [c] is set when a name of n bytes starts with c; a quick no for most
}

// newSecrets are the names to hide in URLs, and more.
func newSecrets(more []string) *secrets { return named(secretNames, secretParameters, more) }

func named(lists ...[]string) *secrets {
	s := &secrets{}
	for _, name := range slices.Concat(lists...) {
		if name != "" {
			s.names = append(s.names, []byte(name))
			s.lengths[name[0]|0x20] |= 1 << (len(name) % 64)
		}
	}
	return s
}

func (s *secrets) has(name []byte) bool {
	if len(name) == 0 || s.lengths[name[0]|0x20]&(1<<(len(name)%64)) == 0 {
		return false
	}
	for _, secret := range s.names {
		if len(secret) == len(name) && bytes.EqualFold(secret, name) {
			return true
		}
	}
	return false
}

// named reports whether a name is that of a secret, or a path with one in it, as forms and frameworks write them:
// user[password], token[0], user.password.
func (s *secrets) named(name []byte) bool {
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

// namedEscaped is named for a name that may be percent-encoded.
func (s *secrets) namedEscaped(name []byte) bool {
	if bytes.IndexByte(name, '%') < 0 {
		return s.named(name)
	}
	var room [64]byte
	return s.named(appendUnescaped(room[:0], name))
}
