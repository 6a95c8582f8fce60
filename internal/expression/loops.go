package expression

import (
	"github.com/expr-lang/expr/ast"
	"github.com/govalues/decimal"

	"ph2cio/internal/rawjson"
)

// loops are loopFunctions by their names.
var loops = map[string]struct {
	gives   kinds
	boolean bool // what is computed is a condition
	alone   bool // what is computed may be left out: it is the element
	start   func(l *loop) func(m *machine, list []byte) ([]byte, error)
}{
	"all":    {isBool, true, false, (*loop).all},
	"any":    {isBool, true, false, (*loop).any},
	"count":  {isNumber, true, false, (*loop).count},
	"filter": {isList, true, false, (*loop).filter},
	"map":    {isList, false, false, (*loop).mapped},
	"sum":    {isNumber, false, true, (*loop).sum},
}

// loop is a compiled call of such a function.
type loop struct {
	name string
	at   int
	slot int
	of   *node // the list
	body *node // nil if it was left out
}

// loop compiles a call of such a function.
func (c *compiler) loop(t *ast.BuiltinNode, at int) (*node, error) {
	known, ok := loops[t.Name]
	if !ok {
		return nil, c.unknownFunction(at, t.Name)
	}
	l := &loop{name: t.Name, at: at, slot: c.newSlot()}
	if err := c.parts(l, t.Arguments); err != nil {
		return nil, err
	}
	switch {
	case l.body == nil && !known.alone:
		return nil, c.source.errorf(at, "%s takes a list and a condition on its elements", t.Name)
	case l.body != nil && known.boolean:
		if _, err := l.body.condition(c.source, l.body.at, t.Name); err != nil {
			return nil, err
		}
	}
	return l.node(known.gives|isNil, known.start(l)), nil
}

// parts compiles the list and what is computed for each element.
func (c *compiler) parts(l *loop, arguments []ast.Node) (err error) {
	if l.of, err = c.compile(arguments[0]); err != nil {
		return err
	}
	if err := l.of.want(c.source, l.at, l.name+" takes a list", isList); err != nil {
		return err
	}
	if len(arguments) < 2 {
		return nil
	}
	predicate, ok := arguments[1].(*ast.PredicateNode)
	if !ok {
		return c.source.errorf(l.at, "%s takes a list and a condition on its elements", l.name)
	}
	c.loops = append(c.loops, l.slot)
	l.body, err = c.compile(predicate.Node)
	c.loops = c.loops[:len(c.loops)-1]
	return err
}

// node returns a node that runs over the list. Without a list there is no value.
func (l *loop) node(kinds kinds, run func(m *machine, list []byte) ([]byte, error)) *node {
	return &node{at: l.at, kinds: kinds, says: "the result of " + l.name, run: func(m *machine) ([]byte, error) {
		list, err := l.of.run(m)
		switch kind := kindOf(list); {
		case kind == isNil || err != nil:
			return nil, err
		case kind != isList:
			return nil, l.of.wrong(m.source, l.at, l.name+" takes a list", kind)
		}
		return run(m, list)
	}}
}

// each calls visit with each element and what the body gives for it, until visit returns false. Unless keep
// is set, the memory of what the body made is used again.
func (l *loop) each(m *machine, list []byte, keep bool, visit func(element, value []byte) (bool, error)) error {
	elements := rawjson.Walk(list)
	start := len(m.arena)
	for turn := 0; ; turn++ {
		_, element, ok := elements.Next()
		if !ok {
			return nil
		}
		element = orNil(element)
		if err := m.step(l.at, len(element)); err != nil {
			return err
		}
		value := element
		if l.body != nil {
			m.slots[l.slot], m.turns[l.slot] = element, turn
			var err error
			if value, err = l.body.run(m); err != nil {
				return err
			}
		}
		if more, err := visit(element, value); !more || err != nil {
			return err
		}
		if !keep {
			m.arena = m.arena[:start]
		}
	}
}

// test returns what the body gives as a condition.
func (l *loop) test(m *machine, value []byte) (bool, error) {
	if kind := kindOf(value); kind&(isBool|isNil) == 0 {
		return false, l.body.wrong(m.source, l.body.at, l.name+" takes a condition", kind)
	}
	return isTrue(value), nil
}

func (l *loop) all() func(m *machine, list []byte) ([]byte, error) { return l.until(false) }
func (l *loop) any() func(m *machine, list []byte) ([]byte, error) { return l.until(true) }

// until gives what ends it if the condition is that for an element, otherwise the opposite.
func (l *loop) until(end bool) func(m *machine, list []byte) ([]byte, error) {
	return func(m *machine, list []byte) ([]byte, error) {
		result := !end
		err := l.each(m, list, false, func(_, value []byte) (bool, error) {
			holds, err := l.test(m, value)
			if holds == end {
				result = end
			}
			return holds != end, err
		})
		return boolean(result), err
	}
}

func (l *loop) count() func(m *machine, list []byte) ([]byte, error) {
	return func(m *machine, list []byte) ([]byte, error) {
		var n int64
		err := l.each(m, list, false, func(_, value []byte) (bool, error) {
			holds, err := l.test(m, value)
			if holds {
				n++
			}
			return true, err
		})
		if err != nil {
			return nil, err
		}
		return m.integer(l.at, n)
	}
}

func (l *loop) filter() func(m *machine, list []byte) ([]byte, error) {
	return func(m *machine, list []byte) ([]byte, error) {
		base := len(m.stack)
		err := l.each(m, list, false, func(element, value []byte) (bool, error) {
			holds, err := l.test(m, value)
			if holds && err == nil {
				err = m.push(l.at, element)
			}
			return true, err
		})
		if err != nil {
			return nil, err
		}
		return m.list(l.at, base)
	}
}

func (l *loop) mapped() func(m *machine, list []byte) ([]byte, error) {
	return func(m *machine, list []byte) ([]byte, error) {
		base := len(m.stack)
		err := l.each(m, list, true, func(_, value []byte) (bool, error) { return true, m.push(l.at, value) })
		if err != nil {
			return nil, err
		}
		return m.list(l.at, base)
	}
}

func (l *loop) sum() func(m *machine, list []byte) ([]byte, error) {
	return func(m *machine, list []byte) ([]byte, error) {
		var sum decimal.Decimal
		err := l.each(m, list, false, func(_, value []byte) (bool, error) {
			switch kind := kindOf(value); kind {
			case isNil:
				return true, nil
			case isNumber:
				d, err := m.decimalOf(l.at, value, "one of the numbers")
				if err != nil {
					return false, err
				}
				if sum, err = sum.Add(d); err != nil {
					return false, m.source.errorf(l.at, "the sum has more than 19 digits before the point")
				}
				return true, nil
			default:
				return false, m.source.errorf(l.at, "sum adds numbers, but one of the values is %s", kind)
			}
		})
		if err != nil {
			return nil, err
		}
		return m.number(l.at, sum)
	}
}
