package mapping

import (
	"slices"
	"strings"

	"ph2cio/internal/expression"
	"ph2cio/internal/mappingfile"
)

// template is text with expressions in braces, such as "{event.properties.plan} plan".
type template struct {
	mappingfile.Template
}

// parseTemplate parses the template of a flag. An error says what is wrong.
func parseTemplate(text string) (template, error) {
	t, err := mappingfile.ParseTemplate(text, expression.EventScope)
	return template{t}, err
}

// isDistinctID reports whether the template is the ID that the person is sent under, and nothing else.
func (t template) isDistinctID() bool {
	program := t.Alone()
	return program != nil && strings.TrimSpace(program.String()) == "event.distinct_id"
}

// needsEvent returns the first expression that looks at what only events have, in braces, or "".
func (t template) needsEvent() string {
	ofPerson := func(field string) bool { return field == "distinct_id" || field == "raw_distinct_id" }
	for _, p := range t.Parts {
		if p.Expression == nil {
			continue
		}
		u := p.Expression.Uses()
		if u.AllProperties || len(u.Properties) > 0 || slices.ContainsFunc(u.Fields, func(f string) bool { return !ofPerson(f) }) {
			return "{" + strings.TrimSpace(p.Text) + "}"
		}
	}
	return ""
}

// hasPlaceholder reports whether the template has an expression that looks at the person, so that different
// people get different texts.
func (t template) hasPlaceholder() bool {
	return slices.ContainsFunc(t.Parts, func(p mappingfile.Part) bool {
		if p.Expression == nil {
			return false
		}
		u := p.Expression.Uses()
		return u.Person || len(u.Fields)+len(u.Properties) > 0 || u.AllProperties
	})
}
