package mapping

import (
	"bytes"
	"net/mail"
	"strings"
)

// emailOf returns the address in a JSON value, without space around it. ok is false when it is no RFC 5322 address,
// which is what the API takes (docs.customer.io/messaging/people/reserved-attributes).
func (c *cleaner) emailOf(value []byte) (address string, ok bool) {
	if value[0] != '"' {
		return "", false
	}
	var found flaws
	c.text, found = appendPlain(c.text[:0], value[1:len(value)-1])
	address = string(bytes.TrimSpace(c.text))
	return address, found == 0 && validEmail(address)
}

// validEmail reports whether a text is an address and nothing else, such as a name before it.
func validEmail(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Name == "" && parsed.Address == text && len(text) <= maxEmail
}

// maxEmail is the length of the longest address that can be written to (RFC 5321, 4.5.3.1.3).
const maxEmail = 254

// sameEmail compares addresses as Customer.io does: the case does not matter (docs.customer.io/journeys/identifying-people).
func sameEmail(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
