package sandbox

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// identifier reads what names a person: an object with exactly one of the allowed keys.
func (c *checker) identifier(v value, field string, allowed []string) (who identifier) {
	if v.missing() {
		c.fail(field, required, "must be present")
		return who
	}
	if v.kind() != '{' {
		c.fail(field, invalid, "must be an object")
		return who
	}
	var named value
	keys := 0
	for key, val := range v.members() {
		if k := key.text(); keys == 0 || k != who.key { // the same key twice is one: the last counts
			who.key = k
			keys++
		}
		named = val
	}
	switch {
	case keys == 0:
		c.fail(field, required, "must hold an identifier")
	case keys > 1 || !slices.Contains(allowed, who.key):
		c.fail(field, invalid, "must hold exactly one of "+strings.Join(allowed, ", "))
	default:
		who.value = c.identifierValue(named, who.key, field+"."+who.key)
	}
	return who
}

func (c *checker) identifierValue(v value, key, field string) string {
	var text string
	switch v.kind() {
	case '"':
		text = v.text()
	case '0':
		text = string(v)
	default:
		c.fail(field, invalid, "must be a string or a number")
		return ""
	}
	if wrong := c.badIdentifier(key, text); wrong != "" {
		c.fail(field, invalid, wrong)
	}
	return text
}

// badIdentifier says what is wrong with an identifier, "" when nothing is.
func (r *rules) badIdentifier(key, text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "cannot be blank"
	case len(text) > r.IdentifierBytes:
		return fmt.Sprintf("cannot be longer than %d bytes", r.IdentifierBytes)
	case !r.identifies(key):
		return "is not an identifier in this workspace"
	case key == "email" && !r.LaxEmail && !isAddress(text):
		return "must be a valid email address"
	case key == "phone" && !isE164(text):
		return "must be a phone number in E.164 form"
	case key == "cio_id" && !isCioID(text):
		return "must be a cio_id, without its prefix"
	}
	return ""
}

// identifies reports whether the workspace has a kind of identifier.
func (r *rules) identifies(key string) bool {
	switch key {
	case "email":
		return !r.NoEmail
	case "phone":
		return r.Phone
	}
	return true
}

// folded is the identifier as it compares: emails without case.
func (i identifier) folded() identifier {
	if i.key == "email" {
		i.value = strings.ToLower(i.value)
	}
	return i
}

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
