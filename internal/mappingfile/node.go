package mappingfile

// node is a value of the file. Values of aliases are shared, so that a node may have several parents; none is
// its own.
type node struct {
	at    Position
	kind  kind
	style style
	text  string  // of a scalar: its text as YAML understands it
	items []*node // of a list
	pairs []pair  // of a mapping
	flow  bool    // a list in [ ] or a mapping in { }
	size  int     // the nodes below and this one, with those of aliases each time they are used
	depth int     // of lists and mappings in each other
}

// pair is a key with its value.
type pair struct {
	key   *node // a scalar
	value *node
}

// kind is the kind of a value, by YAML's core schema.
type kind uint8

const (
	isNull kind = iota
	isText
	isNumber
	isBool
	isList
	isMapping
)

// String names the kind in errors.
func (k kind) String() string {
	return [...]string{"nothing", "a text", "a number", "true or false", "a list", "a mapping of names to values"}[k]
}

// style is how a scalar is written.
type style uint8

const (
	plain style = iota
	singleQuoted
	doubleQuoted
	block
)

// contains adds a part to the counts of a list or mapping.
func (n *node) contains(part *node) {
	n.size += part.size
	n.depth = max(n.depth, part.depth+1)
}
