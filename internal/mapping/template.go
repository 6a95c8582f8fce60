package mapping

import (
	"errors"
	"fmt"
	"strings"

	"ph2cio/internal/customerio"
)

// template is text with placeholders in braces, such as "{event.properties.plan} plan". {{ and }} are literal braces.
type template struct {
	parts []part
}

// part is a literal or a placeholder.
type part struct {
	field   field
	literal string // of fieldLiteral, else the placeholder as it is written
	key     string // of fieldEventProperty and fieldPersonProperty
}

// parseTemplate reads a template. An error says what is wrong and, of a placeholder that is not known, which are.
func parseTemplate(text string) (template, error) {
	var t template
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			t.parts = append(t.parts, part{literal: literal.String()})
			literal.Reset()
		}
	}
	for text != "" {
		brace := strings.IndexAny(text, "{}")
		if brace < 0 {
			literal.WriteString(text)
			break
		}
		literal.WriteString(text[:brace])
		text = text[brace:]
		if strings.HasPrefix(text, "{{") || strings.HasPrefix(text, "}}") {
			literal.WriteByte(text[0])
			text = text[2:]
			continue
		}
		end := strings.IndexByte(text, '}')
		if end <= 0 {
			return t, fmt.Errorf("%q is unmatched: write a placeholder as {event.event}, "+
				"and a literal brace as {{ or }}", text[:1])
		}
		p, err := parsePlaceholder(text[1:end])
		if err != nil {
			return t, err
		}
		flush()
		t.parts = append(t.parts, p)
		text = text[end+1:]
	}
	flush()
	return t, nil
}

// alone reports whether the template is one placeholder and nothing else, so that it keeps the value's type.
func (t template) alone() bool { return len(t.parts) == 1 && t.parts[0].field != fieldLiteral }

// needsEvent returns the first placeholder that only an event can fill, "" when there is none.
func (t template) needsEvent() string {
	for _, p := range t.parts {
		switch p.field {
		case fieldEvent, fieldUUID, fieldTimestamp, fieldElementsChain, fieldEventProperty:
			return p.literal
		}
	}
	return ""
}

// assignment is an attribute and the template it is made from.
type assignment struct {
	key *key
	template
}

var errNoName = errors.New("there is no name before the =")

// newAssignment reads name=template. decide makes the attribute's key.
func newAssignment(text string, decide func(name string) *key) (assignment, error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return assignment{}, errors.New("write name=template, such as plan={person.properties.plan}")
	}
	if name = strings.TrimSpace(name); name == "" {
		return assignment{}, errNoName
	}
	a := assignment{key: decide(name)}
	if a.key.does == cutsOff && a.key.why == cutName {
		return a, fmt.Errorf("the name %.20q... is longer than %d bytes", name, customerio.MaxAttributeName)
	}
	if a.key.does == cutsOff {
		return a, fmt.Errorf("%s is a reserved name; to send it, add --allow-reserved %s", name, name)
	}
	var err error
	a.template, err = parseTemplate(value)
	return a, err
}
