package mappingfile

import (
	"fmt"
	"regexp"
	"strings"

	"ph2cio/internal/expression"
)

// Template is a text with expressions in braces, such as "{properties.plan} plan". {{ and }} are braces of
// the text.
type Template struct {
	Text  string // as it is written
	Parts []Part
}

// Part is a literal or an expression.
type Part struct {
	Literal    string              // if Expression is nil
	Expression *expression.Program // nil for a literal
	Text       string              // the expression as it is written
	At         Position            // of the expression, if the template stands in a file
	offset     int                 // bytes of the template before the expression
}

// Alone returns the expression of a template that is one expression and nothing else, whose value keeps its
// type; else nil.
func (t Template) Alone() *expression.Program {
	if len(t.Parts) == 1 {
		return t.Parts[0].Expression
	}
	return nil
}

// TemplateError says what is wrong with a template.
type TemplateError struct {
	Offset int    // bytes of the template before the mistake
	Text   string // what is wrong
	Hint   string // what to write instead; empty if that is not known
}

// Error returns what is wrong and the hint.
func (e *TemplateError) Error() string {
	if e.Hint == "" {
		return e.Text
	}
	return e.Text + " (" + e.Hint + ")"
}

// ParseTemplate parses a template, and compiles its expressions. An error has the type *TemplateError.
//
// In braces, event.properties.NAME and person.properties.NAME mean the property of exactly that name if it
// has letters, digits, _ $ - . / : and single spaces only: {event.properties.utm-source} is one property,
// and so is {event.properties.cart.total}. A name with a space that can also be read as an expression is
// one: {event.properties.total - 1}.
//
// What seems to be an expression with a mistake may then be a property: {event.properties.total - fee}, where
// fee means nothing. That has always been so for flags; Read refuses it.
func ParseTemplate(text string, scope expression.Scope) (Template, error) {
	return parseTemplate(text, scope, false)
}

// parseTemplate is ParseTemplate. strict refuses names that have an operator in them and are no expression.
func parseTemplate(text string, scope expression.Scope, strict bool) (Template, error) {
	t := Template{Text: text}
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			t.Parts = append(t.Parts, Part{Literal: literal.String()})
			literal.Reset()
		}
	}
	for at := 0; at < len(text); {
		rest := text[at:]
		switch {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			literal.WriteByte(rest[0])
			at += 2
		case rest[0] == '}':
			return t, &TemplateError{at, "the } has no { before it", "a brace of the text is written }}"}
		case rest[0] == '{':
			inside, err := inBraces(rest)
			if err != nil {
				err.Offset += at
				return t, err
			}
			program, err := compilePart(inside, scope, strict)
			if err != nil {
				err.Offset += at + 1
				return t, err
			}
			flush()
			t.Parts = append(t.Parts, Part{Expression: program, Text: inside, offset: at + 1})
			at += len(inside) + 2
		default:
			next := len(rest)
			if brace := strings.IndexAny(rest, "{}"); brace >= 0 {
				next = brace
			}
			literal.WriteString(rest[:next])
			at += next
		}
	}
	flush()
	return t, nil
}

// placeholder matches the properties that can be written as they are named, and nothing else.
var placeholder = regexp.MustCompile(`^\s*(event|person)\.properties\.([\p{L}\p{N}_$./:-]+(?: [\p{L}\p{N}_$./:-]+)*)\s*$`)

// operator matches names that may have been meant as expressions.
var operator = regexp.MustCompile(` (?:[-/:]|and|or|not|in|contains|matches|startsWith|endsWith) `)

// inBraces returns what stands between the brace at the beginning of the text and the one that closes it.
func inBraces(text string) (string, *TemplateError) {
	if end := strings.IndexByte(text, '}'); end > 0 && placeholder.MatchString(text[1:end]) {
		return text[1:end], nil
	}
	depth := 0
	for at := 0; at < len(text); {
		switch c := text[at]; {
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return text[1:at], nil
			}
		case c == '"' || c == '\'' || c == '`':
			size := quotedSize(text[at:])
			if size == 0 {
				return "", &TemplateError{at, fmt.Sprintf("the %c has no other one that closes it", c), ""}
			}
			at += size - 1
		case strings.HasPrefix(text[at:], "//"):
			at += len(upTo(text[at:], "\n")) - 1
		case strings.HasPrefix(text[at:], "/*"):
			at += len(upTo(text[at:], "*/")) - 1
		}
		at++
	}
	return "", &TemplateError{0, "the { has no } that closes it", "a brace of the text is written {{"}
}

// quotedSize returns the length of a text in quotes, as expressions have them; 0 if it does not end.
func quotedSize(text string) int {
	quote := text[0]
	for at := 1; at < len(text); at++ {
		switch {
		case text[at] == '\\' && quote != '`':
			at++
		case text[at] == quote:
			return at + 1
		}
	}
	return 0
}

// upTo returns a text up to the first end, with it; the whole text without one.
func upTo(text, end string) string {
	if at := strings.Index(text, end); at >= 0 {
		return text[:at+len(end)]
	}
	return text
}

// compilePart compiles what stands in braces. Offsets of errors count from there.
func compilePart(inside string, scope expression.Scope, strict bool) (*expression.Program, *TemplateError) {
	name := placeholder.FindStringSubmatch(inside)
	if name == nil || strings.Contains(name[2], " ") {
		program, err := expression.Compile(inside, scope)
		if err == nil {
			return program, nil
		}
		if name == nil {
			return nil, templateError(inside, err)
		}
		if strict && operator.MatchString(name[2]) {
			e := templateError(inside, err)
			e.Hint = fmt.Sprintf("the property of that name is %s.properties[%q]", name[1], name[2])
			return nil, e
		}
	}
	program, err := expression.Compile(fmt.Sprintf("%s.properties[%q]", name[1], name[2]), scope)
	if err != nil {
		return nil, &TemplateError{Text: err.(*expression.Error).Text, Hint: err.(*expression.Error).Hint}
	}
	return program, nil
}

func templateError(inside string, err error) *TemplateError {
	of := err.(*expression.Error) // the type of all errors of Compile
	e := &TemplateError{offsetOf(inside, of.Line, of.Column), of.Text, of.Hint}
	if strings.TrimSpace(inside) == "" {
		e.Text, e.Hint = "there is nothing in the braces", "braces of the text are written {{ and }}"
	}
	return e
}

// offsetOf returns the bytes before a place of an expression.
func offsetOf(text string, line, column int) int {
	for i := range text {
		if line == 1 && column == 1 {
			return i
		}
		switch {
		case line == 1:
			column--
		case text[i] == '\n':
			line--
		}
	}
	return len(text)
}
