package expression

import (
	"strings"

	"github.com/expr-lang/expr/ast"
)

// unary compiles -a, +a and not a.
func (c *compiler) unary(t *ast.UnaryNode, at int) (*node, error) {
	operand, err := c.compile(t.Node)
	if err != nil {
		return nil, err
	}
	if t.Operator == "not" || t.Operator == "!" {
		test, err := operand.condition(c.source, at, t.Operator)
		return &node{at: at, kinds: isBool, says: "the result of not", run: func(m *machine) ([]byte, error) {
			yes, err := test(m)
			return boolean(!yes), err
		}}, err
	}
	needs := t.Operator + " takes a number"
	if err := operand.want(c.source, at, needs, isNumber); err != nil {
		return nil, err
	}
	if operand.fixed && t.Operator == "-" && operand.kinds == isNumber {
		value := negated(nil, operand.value)
		return literal(at, value, string(value)), nil
	}
	return &node{at: at, kinds: isNumber | isNil, says: operand.says, run: func(m *machine) ([]byte, error) {
		v, err := operand.run(m)
		switch {
		case v == nil || err != nil:
			return nil, err
		case kindOf(v) != isNumber:
			return nil, operand.wrong(m.source, at, needs, kindOf(v))
		case t.Operator == "+":
			return v, nil
		}
		if err := m.room(at, len(v)+1); err != nil {
			return nil, err
		}
		start := len(m.arena)
		m.arena = negated(m.arena, v)
		return m.made(start), nil
	}}, nil
}

// binary compiles a operator b.
func (c *compiler) binary(t *ast.BinaryNode, at int) (*node, error) {
	left, err := c.compile(t.Left)
	if err != nil {
		return nil, err
	}
	right, err := c.compile(t.Right)
	if err != nil {
		return nil, err
	}
	if err := c.negatesTooLittle(t, at); err != nil {
		return nil, err
	}
	b := binary{operator: t.Operator, at: at, left: left, right: right}
	switch t.Operator {
	case "??":
		return b.orElse(), nil
	case "and", "&&", "or", "||":
		return c.logical(b)
	case "==", "!=":
		return b.equality(c.source)
	case "<", "<=", ">", ">=":
		return c.comparison(b)
	case "+", "-", "*", "/", "%":
		return c.arithmetic(b)
	case "in":
		return c.in(b)
	case "contains", "startsWith", "endsWith":
		return c.search(b)
	case "matches":
		return c.matches(b)
	}
	return nil, c.source.errorf(at, "there is no operator %s", t.Operator)
}

// negatesTooLittle returns an error for not a == b, which is (not a) == b and never meant. With brackets around
// not a it may stand.
func (c *compiler) negatesTooLittle(t *ast.BinaryNode, at int) error {
	not, ok := t.Left.(*ast.UnaryNode)
	switch {
	case !ok || not.Operator != "not" && not.Operator != "!", t.Operator == "??":
		return nil
	case wordOperator(t.Operator) == "and" || wordOperator(t.Operator) == "or" || t.Operator == "&&" || t.Operator == "||":
		return nil
	case strings.HasSuffix(c.before(placeOf(not)), "(") && strings.HasSuffix(c.before(at), ")"):
		return nil
	}
	return c.source.errorf(placeOf(not), "%s negates only what stands before %s", not.Operator, t.Operator).hinted("write not (a %s b)", t.Operator)
}

// orElse is a ?? b.
func (b *binary) orElse() *node { return firstOf(b.at, []*node{b.left, b.right}) }

// firstOf returns a node for the first value that is not nil. It computes no more than that.
func firstOf(at int, nodes []*node) *node {
	n := &node{at: at, kinds: isNil, says: nodes[0].says, run: func(m *machine) ([]byte, error) {
		for _, one := range nodes {
			if v, err := one.run(m); v != nil || err != nil {
				return v, err
			}
		}
		return nil, nil
	}}
	for _, one := range nodes {
		n.kinds |= one.kinds
		if one.kinds&isNil == 0 {
			n.kinds &^= isNil
		}
	}
	return n
}

// logical is a and b, a or b. The right operand is not computed where the left one decides.
func (c *compiler) logical(b binary) (*node, error) {
	either := b.operator == "or" || b.operator == "||"
	left, err := b.left.condition(c.source, b.at, b.operator)
	if err != nil {
		return nil, err
	}
	right, err := b.right.condition(c.source, b.at, b.operator)
	if err != nil {
		if wrong := err.(*Error); either { // the type of all errors of condition
			return nil, wrong.hinted("a ?? b is b where a is nil")
		}
		return nil, err
	}
	return &node{at: b.at, kinds: isBool, says: "the result of " + b.operator, run: func(m *machine) ([]byte, error) {
		yes, err := left(m)
		if err != nil || yes == either {
			return boolean(yes), err
		}
		if err := m.step(b.at, 0); err != nil {
			return nil, err
		}
		yes, err = right(m)
		return boolean(yes), err
	}}, nil
}

// equality is a == b, a != b. Values that can never have the same kind are a mistake, if one is written out.
func (b *binary) equality(s source) (*node, error) {
	if l, r := b.left.kinds&^isNil, b.right.kinds&^isNil; l != 0 && r != 0 && l&r == 0 && b.left.fixed != b.right.fixed {
		return nil, b.mixed(s, b.operator+" compares values of one kind", l, r)
	}
	at, unequal := b.at, b.operator == "!="
	return b.node(isBool, func(m *machine, l, r []byte) ([]byte, error) {
		same, err := m.equal(at, l, r)
		return boolean(same != unequal), err
	}), nil
}

// comparison is a < b and its like. Two numbers or two texts can be compared; with nil it is false.
func (c *compiler) comparison(b binary) (*node, error) {
	needs := b.operator + " compares two numbers or two texts"
	for _, operand := range []*node{b.left, b.right} {
		if err := operand.want(c.source, b.at, needs, isNumber|isText); err != nil {
			return nil, err
		}
	}
	if l, r := b.left.kinds&^isNil, b.right.kinds&^isNil; l != 0 && r != 0 && l&r&(isNumber|isText) == 0 {
		return nil, b.mixed(c.source, needs, l, r)
	}
	holds := comparisons[b.operator]
	return b.node(isBool, func(m *machine, l, r []byte) ([]byte, error) {
		of := kindOf(l)
		switch {
		case l == nil || r == nil:
			return valueFalse, nil
		case of != kindOf(r) || of&(isNumber|isText) == 0:
			return nil, b.mixed(m.source, needs, of, kindOf(r))
		case of == isNumber:
			return boolean(holds(compareNumbers(l, r))), nil
		}
		order, err := m.compareTexts(b.at, l, r)
		return boolean(holds(order)), err
	}), nil
}

var comparisons = map[string]func(order int) bool{
	"<":  func(order int) bool { return order < 0 },
	"<=": func(order int) bool { return order <= 0 },
	">":  func(order int) bool { return order > 0 },
	">=": func(order int) bool { return order >= 0 },
}

// arithmetic is a + b and its like; + also puts two texts together. The result with nil is nil.
func (c *compiler) arithmetic(b binary) (*node, error) {
	takes, needs := isNumber, b.operator+" takes two numbers"
	if b.operator == "+" {
		takes, needs = isNumber|isText, "+ takes two numbers or two texts"
	}
	for _, operand := range []*node{b.left, b.right} {
		if err := operand.want(c.source, b.at, needs, takes); err != nil {
			return nil, err
		}
	}
	gives := takes & b.left.kinds & b.right.kinds
	if gives == 0 && b.left.kinds != isNil && b.right.kinds != isNil {
		return nil, b.mixed(c.source, needs, b.left.kinds, b.right.kinds)
	}
	return b.node(gives|isNil, func(m *machine, l, r []byte) ([]byte, error) {
		of := kindOf(l)
		switch {
		case l == nil || r == nil:
			return nil, nil
		case of != kindOf(r) || of&takes == 0:
			return nil, b.mixed(m.source, needs, of, kindOf(r))
		case of == isText:
			return b.joined(m, l, r)
		}
		return b.computed(m, l, r)
	}), nil
}

func (b *binary) computed(m *machine, l, r []byte) ([]byte, error) {
	left, err := m.decimalOf(b.at, l, b.left.says)
	if err != nil {
		return nil, err
	}
	right, err := m.decimalOf(b.at, r, b.right.says)
	if err != nil {
		return nil, err
	}
	if right.IsZero() && (b.operator == "/" || b.operator == "%") {
		if b.right.fixed {
			return nil, m.source.errorf(b.at, "%s divides by 0", b.operator)
		}
		return nil, m.source.errorf(b.at, "%s divides by %s, which is 0", b.operator, b.right.says)
	}
	result, err := arithmetic[b.operator](left, right)
	if err != nil {
		return nil, m.source.errorf(b.at, "the result of %s has more than 19 digits before the point", b.operator)
	}
	return m.number(b.at, result)
}

// joined puts two texts together as they are written, so that neither is decoded.
func (b *binary) joined(m *machine, l, r []byte) ([]byte, error) {
	if err := m.room(b.at, len(l)+len(r)); err != nil {
		return nil, err
	}
	if err := m.step(b.at, len(l)+len(r)); err != nil {
		return nil, err
	}
	start := len(m.arena)
	m.arena = append(append(m.arena, l[:len(l)-1]...), r[1:]...)
	return m.made(start), nil
}

// conditional compiles a ? b : c and if a { b } else { c }.
func (c *compiler) conditional(t *ast.ConditionalNode, at int) (*node, error) {
	nodes, _, err := c.all([]ast.Node{t.Cond, t.Exp1, t.Exp2})
	if err != nil {
		return nil, err
	}
	operator := "if"
	if t.Ternary {
		operator = "?"
	}
	test, err := nodes[0].condition(c.source, at, operator)
	if err != nil {
		return nil, err
	}
	yes, no := nodes[1], nodes[2]
	return &node{at: at, kinds: yes.kinds | no.kinds, says: "the result of " + operator, run: func(m *machine) ([]byte, error) {
		holds, err := test(m)
		switch {
		case err != nil:
			return nil, err
		case holds:
			return yes.run(m)
		}
		return no.run(m)
	}}, nil
}
