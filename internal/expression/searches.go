package expression

import (
	"bytes"
	"regexp"
	"regexp/syntax"

	"ph2cio/internal/rawjson"
)

// in is a in b: an element of a list, or the name of a member of an object.
func (c *compiler) in(b binary) (*node, error) {
	const needs = "in takes a list or an object on its right"
	if err := b.right.want(c.source, b.at, needs, isList|isObject); err != nil {
		return nil, err
	}
	if b.right.fixed && b.right.kinds == isList {
		return b.inLiteral(), nil
	}
	return b.node(isBool, func(m *machine, l, r []byte) ([]byte, error) {
		switch kind := kindOf(r); kind {
		case isNil:
			return valueFalse, nil
		case isList:
			found, err := m.has(b.at, r, l)
			return boolean(found), err
		case isObject:
			if kindOf(l) != isText {
				return valueFalse, nil
			}
			name, err := m.plain(b.at, l)
			if err != nil {
				return nil, err
			}
			return boolean(walkTo(r, string(name)) != nil), m.step(b.at, len(r))
		default:
			return nil, b.right.wrong(m.source, b.at, needs, kind)
		}
	}), nil
}

// inLiteral is a in [1, 2, 3], whose elements are taken apart only once.
func (b *binary) inLiteral() *node {
	var elements [][]byte
	for list := rawjson.Walk(b.right.value); ; {
		_, element, ok := list.Next()
		if !ok {
			break
		}
		elements = append(elements, orNil(element))
	}
	return b.node(isBool, func(m *machine, l, _ []byte) ([]byte, error) {
		for _, element := range elements {
			if same, err := m.equal(b.at, element, l); same || err != nil {
				return boolean(same), err
			}
		}
		return valueFalse, nil
	})
}

// has reports whether a list has an element.
func (m *machine) has(at int, list, value []byte) (bool, error) {
	elements := rawjson.Walk(list)
	for {
		_, element, ok := elements.Next()
		if !ok {
			return false, nil
		}
		if err := m.step(at, len(element)); err != nil {
			return false, err
		}
		if found, err := m.equal(at, orNil(element), value); found || err != nil {
			return found, err
		}
	}
}

// searches are the operators that look for one text in another.
var searches = map[string]func(text, part []byte) bool{
	"contains":   bytes.Contains,
	"startsWith": bytes.HasPrefix,
	"endsWith":   bytes.HasSuffix,
}

// search is a contains b, a startsWith b, a endsWith b. A list contains its elements.
func (c *compiler) search(b binary) (*node, error) {
	takes, needs := isText, b.operator+" takes a text on its left"
	if b.operator == "contains" {
		takes, needs = isText|isList, "contains takes a text or a list on its left"
	}
	const needsRight = "this looks for a text"
	if err := b.left.want(c.source, b.at, needs, takes); err != nil {
		return nil, err
	}
	if b.left.kinds&isList == 0 {
		if err := b.right.want(c.source, b.at, needsRight, isText); err != nil {
			return nil, err
		}
	}
	found := searches[b.operator]
	return b.node(isBool, func(m *machine, l, r []byte) ([]byte, error) {
		of, by := kindOf(l), kindOf(r)
		switch {
		case of == isNil:
			return valueFalse, nil
		case of&takes == 0:
			return nil, b.left.wrong(m.source, b.at, needs, of)
		case of == isList:
			has, err := m.has(b.at, l, r)
			return boolean(has), err
		case by == isNil:
			return valueFalse, nil
		case by != isText:
			return nil, b.right.wrong(m.source, b.at, needsRight, by)
		}
		text, err := m.plain(b.at, l)
		if err != nil {
			return nil, err
		}
		part, err := m.plain(b.at, r)
		return boolean(found(text, part)), err
	}), nil
}

// maxPattern bounds the instructions of a regular expression.
const maxPattern = 2000

// matches is a matches "pattern", with the syntax of RE2.
func (c *compiler) matches(b binary) (*node, error) {
	if !b.right.fixed || b.right.kinds != isText {
		return nil, c.source.errorf(b.at, "matches takes a pattern that is written out").hinted(`such as properties.email matches "@example[.]com$"`)
	}
	const needs = "matches takes a text on its left"
	if err := b.left.want(c.source, b.at, needs, isText); err != nil {
		return nil, err
	}
	pattern, _ := rawjson.PlainText(b.right.value)
	parsed, err := syntax.Parse(string(pattern), syntax.Perl)
	if err != nil {
		return nil, c.source.errorf(b.right.at, "the pattern cannot be used: %v", err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(program.Inst) > maxPattern {
		return nil, c.source.errorf(b.right.at, "the pattern is too large")
	}
	expression, err := regexp.Compile(string(pattern))
	if err != nil {
		return nil, c.source.errorf(b.right.at, "the pattern cannot be used: %v", err)
	}
	size := 1 + len(program.Inst)/16
	return b.node(isBool, func(m *machine, l, _ []byte) ([]byte, error) {
		switch kind := kindOf(l); kind {
		case isNil:
			return valueFalse, nil
		case isText:
			text, err := m.plain(b.at, l)
			if err != nil {
				return nil, err
			}
			if err := m.step(b.at, len(text)*size); err != nil {
				return nil, err
			}
			return boolean(expression.Match(text)), nil
		default:
			return nil, b.left.wrong(m.source, b.at, needs, kind)
		}
	}), nil
}
