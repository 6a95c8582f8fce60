package mappingfile

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"ph2cio/internal/escape"
	"ph2cio/internal/expression"
	"ph2cio/internal/rawjson"
)

// reader reads the values of a file.
type reader struct {
	problems
	source      source
	expressions int
}

// maxExpressions bounds the time that it takes to compile the expressions of a file.
const maxExpressions = 10_000

// counts reports whether a file may have so many more expressions.
func (r *reader) counts(n *node, expressions int) bool {
	if r.expressions += expressions; r.expressions > maxExpressions {
		if r.expressions-expressions <= maxExpressions {
			r.errorf(n.at, "the file has more than %d expressions", maxExpressions)
		}
		return false
	}
	return true
}

// shown shows a name of the file in errors: as it is, or in quotes if it could be misread.
func shown(name string) string {
	odd := func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_-.$", c)
	}
	if name == "" || utf8.RuneCountInString(name) > 60 || strings.ContainsFunc(name, odd) {
		return escape.Quoted(name)
	}
	return name
}

// wrong reports a value of another kind than is wanted.
func (r *reader) wrong(n *node, what, wanted string) *Error {
	e := r.errorf(n.at, "%s is %s, not %s", what, wanted, n.kind)
	if r.enough() {
		return e
	}
	switch n.kind {
	case isMapping:
		if text := r.braces(n); text != "" && strings.Contains(wanted, "text") {
			e.Text = what + ": a text that begins with { must be in quotes"
			e.Hint = quoted(text)
		}
	case isNumber, isBool:
		if strings.Contains(wanted, "name") || strings.Contains(wanted, "text") {
			e.Hint = "if that is the text, write '" + n.text + "'"
		}
	case isNull:
		e.Text = what + " has no value"
		e.Hint = "an empty text is written ''"
	}
	return e
}

// braces returns the text of a mapping that is probably an expression in braces without quotes, or "".
func (r *reader) braces(n *node) string {
	line := r.source.from(n.at)
	if !n.flow || !strings.HasPrefix(line, "{") || strings.HasPrefix(line, "{{") {
		return ""
	}
	if inside, err := inBraces(line); err == nil && strings.ContainsAny(inside, `.(["?`) {
		return "{" + inside + "}"
	}
	return ""
}

// text reads a text. wanted says what the value is.
func (r *reader) text(n *node, what, wanted string) (string, bool) {
	if n.kind != isText {
		r.wrong(n, what, wanted)
		return "", false
	}
	return n.text, true
}

// texts reads a text or a list of texts.
func (r *reader) texts(n *node, what, one, wanted string) (items []*node) {
	all := []*node{n}
	if n.kind == isList {
		all = n.items
		if len(all) == 0 {
			r.errorf(n.at, "%s is empty", what)
		}
	}
	for _, item := range all {
		if item.kind != isText {
			if n.kind == isList {
				r.wrong(item, "each of "+what, one)
			} else {
				r.wrong(item, what, wanted)
			}
			continue
		}
		items = append(items, item)
	}
	return items
}

// scalars reads a text, a number, true or false, or a list of these, as texts. Numbers stay as they are
// written.
func (r *reader) scalars(n *node, what string) (texts []string) {
	items := []*node{n}
	if n.kind == isList {
		items = n.items
	}
	for _, item := range items {
		switch item.kind {
		case isBool:
			texts = append(texts, strings.ToLower(item.text))
		case isText, isNumber:
			texts = append(texts, item.text)
		default:
			r.wrong(item, what, "a text, a number, true, false, or a list of these")
		}
	}
	return texts
}

// list reads the elements of a list.
func (r *reader) list(n *node, what, of string) []*node {
	if n.kind != isList {
		r.wrong(n, what, "a list of "+of)
		return nil
	}
	return n.items
}

// template reads a text with expressions.
func (r *reader) template(n *node) (Template, bool) {
	if !r.counts(n, strings.Count(n.text, "{")) {
		return Template{}, false
	}
	t, err := parseTemplate(n.text, expression.EventScope, true)
	if err != nil {
		of := err.(*TemplateError) // the type of all errors of parseTemplate
		r.inside(n, of.Offset, of.Text, of.Hint)
		return t, false
	}
	for i := range t.Parts {
		if part := &t.Parts[i]; part.Expression != nil {
			part.At = r.source.within(n, part.offset)
		}
	}
	return t, true
}

// condition reads an expression that is true or false.
func (r *reader) condition(n *node) *expression.Program {
	if !r.counts(n, 1) {
		return nil
	}
	if n.kind >= isList || n.kind == isNull {
		e := r.wrong(n, "when", `an expression without braces, as a text`)
		if condition := withoutBraces(r.braces(n)); condition != "" {
			e.Text, e.Hint = whenWithoutBraces, "write "+whenWritten(condition, false)
		}
		return nil
	}
	program, err := expression.CompileCondition(n.text, expression.EventScope)
	if err == nil {
		return program
	}
	of := err.(*expression.Error) // the type of all errors of CompileCondition
	if condition := withoutBraces(n.text); condition != "" && !r.enough() {
		r.errorf(n.at, whenWithoutBraces).hinted("write %s", whenWritten(condition, false))
		return nil
	}
	hint := of.Hint
	if strings.HasPrefix(n.text, "{") {
		hint = whenWithoutBraces
	}
	r.inside(n, offsetOf(n.text, of.Line, of.Column), of.Text, hint)
	return nil
}

// inside reports what is wrong within a text.
func (r *reader) inside(n *node, offset int, text, hint string) {
	if r.enough() {
		r.errorf(n.at, "%s", text)
		return
	}
	if r.commented(n) {
		hint = "in YAML a # behind a space begins a comment: put the whole text in quotes"
	}
	r.errorf(r.source.within(n, offset), "%s", text).Hint = hint
}

// commented reports whether a comment follows a text without quotes in its line.
func (r *reader) commented(n *node) bool {
	behind, found := strings.CutPrefix(r.source.from(n.at), n.text)
	return n.style == plain && found && strings.HasPrefix(strings.TrimLeft(behind, " \t"), "#")
}

// json appends a value as JSON. What JSON does not have is an error.
func (r *reader) json(dst []byte, n *node) []byte {
	switch n.kind {
	case isNull:
		return append(dst, "null"...)
	case isBool:
		return append(dst, strings.ToLower(n.text)...)
	case isNumber:
		if !jsonNumber.MatchString(n.text) {
			r.errorf(n.at, "%s is not a number as JSON has them", n.text).hinted("if that is the text, write '%s'", n.text)
		}
		return append(dst, n.text...)
	case isText:
		return rawjson.AppendString(dst, n.text)
	case isList:
		dst = append(dst, '[')
		for i, item := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = r.json(dst, item)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i, p := range r.unique(n) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(rawjson.AppendString(dst, p.key.text), ':')
		dst = r.json(dst, p.value)
	}
	return append(dst, '}')
}

// objects reads a list of JSON objects.
func (r *reader) objects(n *node, what string) []string {
	objects := []string{} // a test may have no operations
	for _, item := range r.list(n, what, "JSON objects") {
		if item.kind != isMapping {
			r.wrong(item, "each of "+what, "a JSON object")
			continue
		}
		objects = append(objects, string(r.json(nil, item)))
	}
	return objects
}
