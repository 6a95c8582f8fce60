package expression

import "regexp"

// binary is an operator with two operands.
type binary struct {
	operator    string
	at          int
	left, right *node
}

// node returns a node for the operator. run gets the values of both operands.
func (b *binary) node(kinds kinds, run func(m *machine, left, right []byte) ([]byte, error)) *node {
	left, right, at := b.left.run, b.right.run, b.at
	return &node{at: at, kinds: kinds, says: "the result of " + b.operator, run: func(m *machine) ([]byte, error) {
		l, err := left(m)
		if err != nil {
			return nil, err
		}
		r, err := right(m)
		if err != nil {
			return nil, err
		}
		if err := m.step(at, 0); err != nil {
			return nil, err
		}
		return run(m, l, r)
	}}
}

// mixed says that the operands do not fit each other.
func (b *binary) mixed(s source, needs string, left, right kinds) *Error {
	e := s.errorf(b.at, "%s, but %s is %s and %s is %s", needs, b.left.says, left, b.right.says, right)
	switch date := b.dateLiteral(); {
	case left|right == isNumber|isText && date != "":
		return e.hinted("unix(%s) is a number", date)
	case (left|right)&isList != 0 && b.operator == "==":
		return e.hinted("a in b looks for an element of a list")
	case left|right == isNumber|isText && b.operator == "+":
		return e.hinted("text(...) makes a text, number(...) a number")
	case left|right == isNumber|isText:
		return e.hinted("number(...) makes a number of a text")
	}
	return e
}

// dateText matches literals that are meant as dates.
var dateText = regexp.MustCompile(`^"\d{4}-\d\d[0-9TZ:.+-]{0,30}"$`)

// dateLiteral returns the operand that is written out as a date, or "".
func (b *binary) dateLiteral() string {
	for _, operand := range []*node{b.left, b.right} {
		if operand.fixed && dateText.Match(operand.value) {
			return string(operand.value)
		}
	}
	return ""
}
