package trackapi

import (
	"net/mail"
	"strings"
)

// Identifier names a person: key is id, email, phone, cio_id or anonymous_id.
type Identifier struct{ Key, Value string }

// Folded is the identifier as it compares: emails without case.
func (i Identifier) Folded() Identifier {
	if i.Key == "email" {
		i.Value = strings.ToLower(i.Value)
	}
	return i
}

func (i Identifier) String() string { return i.Key + " " + i.Value }

// isAddress reports whether text is a bare RFC 5322 address: no display name, comment or space around it.
func isAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Name == "" && !strings.ContainsAny(text, "<>()") && strings.TrimSpace(text) == text
}

func isE164(text string) bool {
	digits, ok := strings.CutPrefix(text, "+")
	return ok && len(digits) >= 1 && len(digits) <= 15 && digits[0] != '0' && strings.Trim(digits, "0123456789") == ""
}

// isCioID takes hexadecimal digits, so never the prefix that v1 puts before them.
func isCioID(text string) bool { return text != "" && strings.Trim(text, "0123456789abcdef") == "" }

// isULID reports whether text is a ULID: 26 of Crockford's digits, of which the first says at most 7.
func isULID(text string) bool {
	if len(text) != 26 || text[0] < '0' || text[0] > '7' {
		return false
	}
	return strings.Trim(strings.ToUpper(text), "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == ""
}
