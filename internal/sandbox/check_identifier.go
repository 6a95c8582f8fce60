package sandbox

import (
	"slices"
	"strings"
)

// What may name a person, and where.
var (
	anyPerson   = []string{"id", "email", "phone", "cio_id"}
	personOrNot = []string{"id", "email", "phone", "cio_id", "anonymous_id"} // events, pages, screens
	mergeSide   = []string{"id", "email", "cio_id"}                          // and relationships of an object
	onlyAnon    = []string{"anonymous_id"}
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
