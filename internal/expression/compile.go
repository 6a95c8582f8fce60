package expression

import (
	"fmt"
	"strconv"

	"github.com/expr-lang/expr/ast"

	"ph2cio/internal/rawjson"
)

// Compile compiles an expression. Its errors have the type *Error.
func Compile(text string, scope Scope) (*Program, error) {
	c := &compiler{source: source(text), scope: scope, compiled: map[ast.Node]*node{}}
	tree, err := parse(c.source)
	if err != nil {
		return nil, err
	}
	root, err := c.compile(tree)
	if err != nil {
		return nil, err
	}
	return &Program{source: c.source, root: root, uses: c.uses, slots: c.slots}, nil
}

// CompileCondition compiles an expression for Evaluator.Bool. It is an error if its value can never be a
// boolean.
func CompileCondition(text string, scope Scope) (*Program, error) {
	p, err := Compile(text, scope)
	if err != nil {
		return nil, err
	}
	return p, p.root.want(p.source, p.root.at, aCondition, isBool)
}

const aCondition = "a condition is a boolean"

// compile compiles one node with all below it.
func (c *compiler) compile(tree ast.Node) (*node, error) {
	if n := c.compiled[tree]; n != nil {
		return n, nil
	}
	n, err := c.compileNode(tree, placeOf(tree))
	if err != nil {
		return nil, err
	}
	if n.says == "" {
		n.says = "this value"
	}
	c.compiled[tree] = n
	return n, nil
}

func (c *compiler) compileNode(tree ast.Node, at int) (*node, error) {
	switch t := tree.(type) {
	case *ast.NilNode:
		return literal(at, nil, "nil"), nil
	case *ast.BoolNode:
		return literal(at, boolean(t.Value), strconv.FormatBool(t.Value)), nil
	case *ast.IntegerNode:
		digits := strconv.Itoa(t.Value)
		return literal(at, []byte(digits), digits), nil
	case *ast.FloatNode:
		digits := numeral(c.source.between(t.Location().From, t.Location().To), t.Value)
		return literal(at, []byte(digits), digits), nil
	case *ast.StringNode:
		return literal(at, rawjson.AppendString(nil, t.Value), fmt.Sprintf("%.20q", t.Value)), nil
	case *ast.IdentifierNode:
		return c.identifier(t, at)
	case *ast.PointerNode:
		return c.pointer(t, at)
	case *ast.ChainNode:
		return c.compile(t.Node)
	case *ast.MemberNode:
		return c.member(t, at)
	case *ast.SliceNode:
		return c.slice(t, at)
	case *ast.UnaryNode:
		return c.unary(t, at)
	case *ast.BinaryNode:
		return c.binary(t, at)
	case *ast.ConditionalNode:
		return c.conditional(t, at)
	case *ast.CallNode:
		return c.call(t, at)
	case *ast.BuiltinNode:
		return c.loop(t, at)
	case *ast.ArrayNode:
		return c.list(t, at)
	case *ast.MapNode:
		return c.object(t, at)
	case *ast.VariableDeclaratorNode:
		return c.let(t, at)
	case *ast.SequenceNode:
		return nil, c.source.errorf(at, "an expression has one value: only let may stand before a semicolon")
	case *ast.BytesNode:
		return nil, c.source.errorf(at, `there are no byte strings: write "text" without the b`)
	}
	return nil, c.source.errorf(at, "this cannot be used here")
}

// let compiles `let name = value; rest`.
func (c *compiler) let(t *ast.VariableDeclaratorNode, at int) (*node, error) {
	if spaces[t.Name] != noSpace || functionNamed(t.Name) != nil || isLoop(t.Name) {
		return nil, c.source.errorf(at, "%s has a meaning already: choose another name", t.Name)
	}
	value, err := c.compile(t.Value)
	if err != nil {
		return nil, err
	}
	slot := c.newSlot()
	c.variables = append(c.variables, variable{t.Name, slot, value})
	rest, err := c.compile(t.Expr)
	if err != nil {
		return nil, err
	}
	c.variables = c.variables[:len(c.variables)-1]
	return &node{at: at, kinds: rest.kinds, says: rest.says, run: func(m *machine) ([]byte, error) {
		v, err := value.run(m)
		if err != nil {
			return nil, err
		}
		m.slots[slot] = v
		return rest.run(m)
	}}, nil
}

// list compiles [a, b, c].
func (c *compiler) list(t *ast.ArrayNode, at int) (*node, error) {
	elements, fixed, err := c.all(t.Nodes)
	if err != nil {
		return nil, err
	}
	n := &node{at: at, kinds: isList, says: "the list", run: func(m *machine) ([]byte, error) {
		base := len(m.stack)
		for _, element := range elements {
			v, err := element.run(m)
			if err != nil {
				return nil, err
			}
			m.stack = append(m.stack, v)
		}
		return m.list(at, base)
	}}
	if fixed {
		value := []byte{'['}
		for i, element := range elements {
			if i > 0 {
				value = append(value, ',')
			}
			value = appendOrNull(value, element.value)
		}
		return literal(at, append(value, ']'), n.says), nil
	}
	return n, nil
}

// all compiles several nodes. fixed reports whether all are literals.
func (c *compiler) all(trees []ast.Node) (nodes []*node, fixed bool, err error) {
	fixed = true
	for _, tree := range trees {
		n, err := c.compile(tree)
		if err != nil {
			return nil, false, err
		}
		nodes = append(nodes, n)
		fixed = fixed && n.fixed
	}
	return nodes, fixed, nil
}

// object compiles {name: value}.
func (c *compiler) object(t *ast.MapNode, at int) (*node, error) {
	var keys, values []ast.Node
	for _, pair := range t.Pairs {
		keys = append(keys, pair.(*ast.PairNode).Key)
		values = append(values, pair.(*ast.PairNode).Value)
	}
	var names [][]byte
	seen := map[string]bool{}
	for _, key := range keys {
		name, ok := key.(*ast.StringNode)
		if !ok {
			return nil, c.source.errorf(placeOf(key), "the name of a member must be written out")
		}
		if seen[name.Value] {
			return nil, c.source.errorf(placeOf(key), "the object has two members %q", name.Value)
		}
		seen[name.Value] = true
		names = append(names, append(rawjson.AppendString(nil, name.Value), ':'))
	}
	members, _, err := c.all(values)
	if err != nil {
		return nil, err
	}
	return &node{at: at, kinds: isObject, says: "the object", run: func(m *machine) ([]byte, error) {
		base := len(m.stack)
		size := len("{}")
		for i, member := range members {
			v, err := member.run(m)
			if err != nil {
				return nil, err
			}
			m.stack = append(m.stack, v)
			size += len(names[i]) + max(len(v), len("null")) + 1
		}
		made := m.stack[base:]
		m.stack = m.stack[:base]
		if err := m.room(at, size); err != nil {
			return nil, err
		}
		start := len(m.arena)
		m.arena = append(m.arena, '{')
		for i, v := range made {
			if i > 0 {
				m.arena = append(m.arena, ',')
			}
			m.arena = appendOrNull(append(m.arena, names[i]...), v)
		}
		m.arena = append(m.arena, '}')
		return m.made(start), nil
	}}, nil
}
