package expression

import (
	"slices"
	"strconv"

	"github.com/expr-lang/expr/ast"

	"ph2cio/internal/rawjson"
)

// spaceOf returns what a node stands for if it is no value: event, properties, person, event.properties,
// person.properties.
func (c *compiler) spaceOf(tree ast.Node) space {
	switch t := tree.(type) {
	case *ast.ChainNode:
		return c.spaceOf(t.Node)
	case *ast.IdentifierNode:
		return spaces[t.Value]
	case *ast.MemberNode:
		if name, ok := t.Property.(*ast.StringNode); ok && name.Value == "properties" {
			switch c.spaceOf(t.Node) {
			case eventSpace:
				return eventProperties
			case personSpace:
				return personProperties
			}
		}
	}
	return noSpace
}

// identifier compiles a name: a variable, or the properties as a whole.
func (c *compiler) identifier(t *ast.IdentifierNode, at int) (*node, error) {
	for _, v := range slices.Backward(c.variables) {
		if v.name == t.Value {
			return c.inSlot(v.slot, at, v.value.kinds|isNil, v.name), nil
		}
	}
	switch spaces[t.Value] {
	case eventProperties:
		return c.whole(eventProperties, at)
	case eventSpace:
		return nil, c.source.errorf(at, "event is no value: write which part of it").hinted("such as event.event, its name")
	case personSpace:
		return nil, c.source.errorf(at, "person is no value: write which part of it").hinted("such as person.properties")
	}
	return nil, c.unknownName(at, t.Value)
}

// inSlot returns a node for a variable or the element of a loop.
func (c *compiler) inSlot(slot, at int, kinds kinds, says string) *node {
	return &node{at: at, kinds: kinds, says: says, run: func(m *machine) ([]byte, error) { return m.slots[slot], nil }}
}

// pointer compiles # and #index, the element that a loop is at and its number from 0.
func (c *compiler) pointer(t *ast.PointerNode, at int) (*node, error) {
	if len(c.loops) == 0 {
		return nil, c.source.errorf(at, "# stands for an element, and can only be used in a condition on elements").hinted(`such as any(properties.items, # == "x")`)
	}
	slot := c.loops[len(c.loops)-1]
	switch t.Name {
	case "":
		return c.inSlot(slot, at, isAnything, "#"), nil
	case "index":
		return &node{at: at, kinds: isNumber, says: "#index", run: func(m *machine) ([]byte, error) {
			return m.integer(at, int64(m.turns[slot]))
		}}, nil
	}
	return nil, c.source.errorf(at, "there is no #%s", t.Name).hinted("# is the element, #index its number from 0")
}

// whole compiles the properties of the event or the person as one object.
func (c *compiler) whole(of space, at int) (*node, error) {
	if err := c.inScope(at, of); err != nil {
		return nil, err
	}
	n := &node{at: at, kinds: isObject | isNil, says: "properties"}
	if of == eventProperties {
		c.uses.AllProperties = true
		n.run = func(m *machine) ([]byte, error) { return orNil(m.row.Properties), nil }
		return n, nil
	}
	c.uses.AllPersonProperties = true
	n.says = "person.properties"
	n.run = func(m *machine) ([]byte, error) {
		object, _ := m.personProperties()
		return orNil(object), nil
	}
	return n, nil
}

// property compiles the look-up of one property.
func (c *compiler) property(of space, at int, name string) (*node, error) {
	if err := c.inScope(at, of); err != nil {
		return nil, err
	}
	n := &node{at: at, kinds: isAnything}
	if of == eventProperties {
		c.uses.Properties = add(c.uses.Properties, name)
		n.says = dotted("properties", name)
		n.run = func(m *machine) ([]byte, error) { return m.property(at, m.row.Properties, m.row.Members, name) }
		return n, nil
	}
	c.uses.PersonProperties = add(c.uses.PersonProperties, name)
	n.says = dotted("person.properties", name)
	n.run = func(m *machine) ([]byte, error) {
		object, members := m.personProperties()
		return m.property(at, object, members, name)
	}
	return n, nil
}

func (m *machine) property(at int, object []byte, members []rawjson.Member, name string) ([]byte, error) {
	if len(members) > 0 {
		return find(object, members, name), m.step(at, len(members))
	}
	return walkTo(object, name), m.step(at, len(object))
}

// field compiles event.NAME or person.NAME.
func (c *compiler) field(of space, at int, name string) (*node, error) {
	fields, prefix := eventFields, "event."
	if of == personSpace {
		fields, prefix = personFields, "person."
	}
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return nil, c.unknownField(at, fields, prefix, name)
	}
	if err := c.inScope(at, of); err != nil {
		return nil, err
	}
	if of == eventSpace {
		c.uses.Fields = add(c.uses.Fields, name)
		c.uses.Person = c.uses.Person || name == "distinct_id"
	} else if name == "id" {
		c.uses.PersonID = true
	}
	get := fields[i].get
	return &node{at: at, kinds: fields[i].kinds, says: prefix + name, run: func(m *machine) ([]byte, error) { return get(m, at) }}, nil
}

// dotted writes a member as one writes it in an expression.
func dotted(object, name string) string {
	if isName(name) {
		return object + "." + name
	}
	return object + "[" + strconv.Quote(name) + "]"
}
