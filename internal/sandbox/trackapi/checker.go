package trackapi

import "strings"

// checker validates operations one after the other. It is for one goroutine.
type checker struct {
	*Rules
	rejections []Rejection // of the operation under way
}

func (c *checker) fail(field, reason, message string) {
	c.rejections = append(c.rejections, Rejection{Reason: reason, Field: field, Message: message})
}

// begin forgets the rejections of the operation before.
func (c *checker) begin() { c.rejections = nil }

// found returns the rejections of the operation: all of them, or the first, as the rules say.
func (c *checker) found() []Rejection {
	if len(c.rejections) > 1 && !c.EveryError {
		return c.rejections[:1]
	}
	return c.rejections
}

// word reads a required string that is not blank; "" means that it failed.
func (c *checker) word(v Value, field string) string {
	switch {
	case v.missing():
		c.fail(field, Required, "must be present")
		return ""
	case v.kind() != '"':
		c.fail(field, Invalid, "must be a string")
		return ""
	}
	text := v.text()
	if strings.TrimSpace(text) == "" {
		c.fail(field, Required, "cannot be blank")
		return ""
	}
	return text
}

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, word := range words {
		m[word] = true
	}
	return m
}
