package trackapi

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
func (c *checker) identifier(v Value, field string, allowed []string) (who Identifier) {
	if v.missing() {
		c.fail(field, Required, "must be present")
		return who
	}
	if v.kind() != '{' {
		c.fail(field, Invalid, "must be an object")
		return who
	}
	var named Value
	keys := 0
	for key, val := range v.members() {
		if k := key.text(); keys == 0 || k != who.Key { // the same key twice is one: the last counts
			who.Key = k
			keys++
		}
		named = val
	}
	switch {
	case keys == 0:
		c.fail(field, Required, "must hold an identifier")
	case keys > 1 || !slices.Contains(allowed, who.Key):
		c.fail(field, Invalid, "must hold exactly one of "+strings.Join(allowed, ", "))
	default:
		who.Value = c.identifierValue(named, who.Key, field+"."+who.Key)
	}
	return who
}

func (c *checker) identifierValue(v Value, key, field string) string {
	var text string
	switch v.kind() {
	case '"':
		text = v.text()
	case '0':
		text = string(v)
	default:
		c.fail(field, Invalid, "must be a string or a number")
		return ""
	}
	if wrong := c.BadIdentifier(key, text); wrong != "" {
		c.fail(field, Invalid, wrong)
	}
	return text
}
