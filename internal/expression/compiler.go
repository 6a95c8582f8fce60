package expression

import "github.com/expr-lang/expr/ast"

// Scope says what an expression may look at.
type Scope int

const (
	// EventScope has an event and its person.
	EventScope Scope = iota
	// PersonScope has a person only.
	PersonScope
)

// compiler turns a syntax tree into nodes.
type compiler struct {
	source source
	scope  Scope
	uses   Uses

	variables []variable // those that can be seen here, the innermost last
	loops     []int      // the slots of the loops around, the innermost last
	slots     int        // that are taken

	// compiled holds what was compiled. The parser puts the middle of a < b < c into the tree twice; compiling
	// it twice would take exponential time where such comparisons are nested.
	compiled map[ast.Node]*node
}

type variable struct {
	name  string
	slot  int
	value *node
}

// newSlot returns a slot for a variable or loop.
func (c *compiler) newSlot() int {
	c.slots++
	return c.slots - 1
}

// placeOf returns the first character of a node or, where the parser has not noted one, of its first part.
func placeOf(tree ast.Node) int {
	if t, ok := tree.(*ast.ConditionalNode); ok {
		return placeOf(t.Cond)
	}
	return tree.Location().From
}

// inScope returns an error if the scope has none of this space.
func (c *compiler) inScope(at int, of space) error {
	if c.scope == PersonScope && (of == eventSpace || of == eventProperties) {
		return c.source.errorf(at, "there is no event here, only a person").hinted("person.properties.NAME, person.id and person.distinct_id can be used")
	}
	if of == personSpace || of == personProperties {
		c.uses.Person = true
	}
	return nil
}
