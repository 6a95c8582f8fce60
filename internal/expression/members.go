package expression

import (
	"strconv"

	"github.com/expr-lang/expr/ast"
)

// member compiles a.name, a["name"] and a[0]. What has no such member or element gives nil, whatever it is,
// so that one may write properties.cart.items[0].sku for rows without a cart.
func (c *compiler) member(t *ast.MemberNode, at int) (*node, error) {
	if of := c.spaceOf(t); of != noSpace {
		return c.whole(of, at)
	}
	name, named := t.Property.(*ast.StringNode)
	switch of := c.spaceOf(t.Node); of {
	case eventSpace, personSpace:
		if !named {
			return nil, c.source.errorf(at, "write the name of this part out").hinted("such as event.event")
		}
		return c.field(of, at, name.Value)
	case eventProperties, personProperties:
		if named {
			return c.property(of, at, name.Value)
		}
	}
	base, err := c.compile(t.Node)
	if err != nil {
		return nil, err
	}
	if base.kinds&(isList|isObject) == 0 && base.kinds != isNil {
		return nil, base.wrong(c.source, at, "only objects and lists have members", base.kinds)
	}
	if named {
		return c.named(base, at, name.Value), nil
	}
	index, err := c.compile(t.Property)
	if err != nil {
		return nil, err
	}
	if err := index.want(c.source, at, anIndex, isNumber|isText); err != nil {
		return nil, err
	}
	return c.indexed(base, index, at), nil
}

const anIndex = "what stands in [ ] is a number or a text"

// named compiles the look-up of a member by a name that is known.
func (c *compiler) named(base *node, at int, name string) *node {
	return &node{at: at, kinds: isAnything, says: dotted(base.says, name), run: func(m *machine) ([]byte, error) {
		object, err := base.run(m)
		if object == nil || err != nil {
			return nil, err
		}
		return walkTo(object, name), m.step(at, len(object))
	}}
}

// indexed compiles the look-up of an element or member by a value.
func (c *compiler) indexed(base, index *node, at int) *node {
	n := &node{at: at, kinds: isAnything, says: base.says + "[" + index.says + "]"}
	if i, ok := 0, false; index.fixed && index.kinds == isNumber {
		if i, ok = indexOf(index.value); ok {
			n.says = base.says + "[" + strconv.Itoa(i) + "]"
			n.run = func(m *machine) ([]byte, error) {
				list, err := base.run(m)
				if list == nil || err != nil {
					return nil, err
				}
				return element(list, i), m.step(at, len(list))
			}
			return n
		}
	}
	n.run = func(m *machine) ([]byte, error) {
		of, err := base.run(m)
		if of == nil || err != nil {
			return nil, err
		}
		by, err := index.run(m)
		if by == nil || err != nil {
			return nil, err
		}
		if err := m.step(at, len(of)); err != nil {
			return nil, err
		}
		switch kindOf(by) {
		case isText:
			name, err := m.plain(at, by)
			if err != nil {
				return nil, err
			}
			return walkTo(of, string(name)), nil
		case isNumber:
			if i, ok := indexOf(by); ok {
				return element(of, i), nil
			}
			return nil, nil
		}
		return nil, index.wrong(m.source, at, anIndex, kindOf(by))
	}
	return n
}

// slice compiles a[from:to], which is substring(a, from, to) for texts and a part of a list.
func (c *compiler) slice(t *ast.SliceNode, at int) (*node, error) {
	trees := []ast.Node{t.Node}
	if trees = append(trees, t.From); t.From == nil {
		trees[1] = &ast.IntegerNode{}
	}
	if t.To != nil {
		trees = append(trees, t.To)
	}
	arguments, _, err := c.all(trees)
	if err != nil {
		return nil, err
	}
	return c.callOf(&slicing, at, arguments)
}
