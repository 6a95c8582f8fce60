package expression

import "strings"

// node is a compiled part of an expression.
type node struct {
	run   func(m *machine) ([]byte, error) // with an error the value means nothing
	kinds kinds                            // that its value can have
	at    int                              // its place, in characters
	says  string                           // what errors call its value: properties.plan, "pro", the result of lower
	fixed bool                             // it is a literal
	value []byte                           // of a literal
}

// literal returns a node with a value that is known.
func literal(at int, value []byte, says string) *node {
	return &node{
		run:   func(*machine) ([]byte, error) { return value, nil },
		kinds: kindOf(value),
		at:    at,
		says:  says,
		fixed: true,
		value: value,
	}
}

// wrong returns an error that says that a value has a kind that does not fit. needs is a sentence without its
// end, such as "lower takes a text".
func (n *node) wrong(s source, at int, needs string, got kinds) *Error {
	e := s.errorf(at, "%s, but %s is %s", needs, n.says, got)
	return e.hinted("%s", hintFor(needs, got))
}

// want returns an error if the value of a node can never have one of the kinds. What is always nil may stand
// anywhere.
func (n *node) want(s source, at int, needs string, kinds kinds) error {
	if n.kinds&kinds == 0 && n.kinds != isNil {
		return n.wrong(s, at, needs, n.kinds)
	}
	return nil
}

// condition returns the test of a node that is used as a condition: nil counts as false, and anything else
// but a boolean is an error.
func (n *node) condition(s source, at int, operator string) (func(m *machine) (bool, error), error) {
	needs := operator + " takes a boolean"
	if err := n.want(s, at, needs, isBool); err != nil {
		return nil, err
	}
	return func(m *machine) (bool, error) {
		v, err := n.run(m)
		if err != nil {
			return false, err
		}
		if kind := kindOf(v); kind&(isBool|isNil) == 0 {
			return false, n.wrong(m.source, at, needs, kind)
		}
		return isTrue(v), nil
	}, nil
}

// hintFor returns how to make a value of the kind that is needed, or "".
func hintFor(needs string, got kinds) string {
	switch {
	case got == isNumber && strings.Contains(needs, "a text"), got == isBool && strings.Contains(needs, "a text"):
		return "text(...) makes a text of it"
	case got == isText && strings.Contains(needs, "number"):
		return "number(...) makes a number of it"
	case got == isText && strings.Contains(needs, "boolean"):
		return `compare it, as in properties.plan == "pro", or use bool(...)`
	case strings.Contains(needs, "boolean"):
		return "compare it, as in properties.count > 0"
	}
	return ""
}
