package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// template is text with placeholders in braces, such as "{event.properties.plan} plan". {{ and }} are literal
// braces.
type template struct {
	parts []part
}

// parseTemplate parses a template. An error says what is wrong and, for an unknown placeholder, which ones
// exist.
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

// needsEvent returns the first placeholder that only events have, or "".
func (t template) needsEvent() string {
	for _, p := range t.parts {
		switch p.field {
		case fieldEvent, fieldUUID, fieldTimestamp, fieldElementsChain, fieldEventProperty:
			return p.literal
		}
	}
	return ""
}

// hasPlaceholder reports whether the template has a placeholder, so that different people or events get
// different texts.
func (t template) hasPlaceholder() bool {
	return slices.ContainsFunc(t.parts, func(p part) bool { return p.field != fieldLiteral })
}
