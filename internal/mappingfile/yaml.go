package mappingfile

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxNodes bounds the values of a file, with those of aliases counted each time they are used.
const maxNodes = 200_000

// parseYAML returns the file's value; nil if the file has none. Without ok there are errors.
func parseYAML(p *problems, s source) (root *node, ok bool) {
	defer func() { // the parser is not ours to trust with every text
		if r := recover(); r != nil {
			p.errorf(Position{1, 1}, "the file cannot be read as YAML: %v", r)
			root, ok = nil, false
		}
	}()
	tokens := lexer.Tokenize(s.text)
	if !checkTokens(p, s, tokens) {
		return nil, false
	}
	// What is defined twice is our own error, so that it does not hide others.
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		syntaxError(p, s, err)
		return nil, false
	}
	c := converter{problems: p, source: s, anchors: map[string]*node{}}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if root != nil {
			p.errorf(placeOf(doc.Body), "the file has several documents; a mapping file has one").hinted("remove the line ---")
			return nil, false
		}
		if root = c.convert(doc.Body); root == nil {
			return nil, false
		}
	}
	return root, true
}

// converter turns the parser's tree into ours.
type converter struct {
	*problems
	source  source
	anchors map[string]*node // nil while its value is being read
}

// convert returns nil after an error.
func (c *converter) convert(tree ast.Node) *node {
	n := &node{at: placeOf(tree), size: 1}
	switch t := tree.(type) {
	case *ast.MappingNode:
		n.kind, n.flow = isMapping, t.IsFlowStyle
		return c.pairs(n, t.Values)
	case *ast.MappingValueNode:
		n.kind = isMapping
		return c.pairs(n, []*ast.MappingValueNode{t})
	case *ast.SequenceNode:
		n.kind, n.flow = isList, t.IsFlowStyle
		for _, value := range t.Values {
			item := c.convert(value)
			if item == nil {
				return nil
			}
			n.items = append(n.items, item)
			n.contains(item)
		}
		return c.bounded(n)
	case *ast.LiteralNode:
		n.kind, n.style, n.text = isText, block, t.Value.Value
		return n
	case *ast.AnchorNode:
		name := t.Name.GetToken().Value
		c.anchors[name] = nil
		value := c.convert(t.Value)
		c.anchors[name] = value
		return value
	case *ast.AliasNode:
		return c.alias(n.at, t.Value.GetToken().Value)
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode, *ast.MergeKeyNode:
		return c.scalar(n, tree.GetToken())
	}
	c.errorf(n.at, "this is YAML that a mapping file does not use")
	return nil
}

func (c *converter) scalar(n *node, tk *token.Token) *node {
	n.text = tk.Value
	switch tk.Type {
	case token.SingleQuoteType:
		n.kind, n.style = isText, singleQuoted
	case token.DoubleQuoteType:
		n.kind, n.style = isText, doubleQuoted
	case token.ImplicitNullType:
		n.kind, n.text = isNull, ""
	default:
		n.kind = kindOfPlain(tk.Value)
		if !c.checkPlain(n, tk) {
			return nil
		}
	}
	return n
}

// checkPlain refuses texts without quotes that the parser takes and YAML does not: a line that begins in the
// wrong column becomes part of the text before it.
func (c *converter) checkPlain(n *node, tk *token.Token) bool {
	several := !strings.HasPrefix(c.source.from(n.at), n.text)
	switch {
	case strings.Contains(strings.TrimSpace(tk.Origin), "\t"):
		c.errorf(n.at, "a text with a tab must be in quotes")
	case strings.Contains(n.text, ": ") || strings.HasSuffix(n.text, ":") && n.text != ":", several && strings.Contains(n.text, " - "):
		c.errorf(n.at, "this text must be in quotes, or a line after it begins in the wrong column")
	default:
		return true
	}
	return false
}

// alias returns the value that has an anchor.
func (c *converter) alias(at Position, name string) *node {
	value, known := c.anchors[name]
	switch {
	case !known:
		c.errorf(at, "there is no &%.60s before this", name).hinted("a text that begins with * must be in quotes: '*%.60s'", name)
	case value == nil:
		c.errorf(at, "the value of &%.60s contains itself", name)
	}
	return value
}

func (c *converter) pairs(n *node, values []*ast.MappingValueNode) *node {
	for i, value := range values {
		var k *node
		switch t := value.Key.(type) {
		case *ast.MappingKeyNode:
			c.errorf(placeOf(t), "a key is written without ?").hinted("a text that begins with ? must be in quotes")
			return nil
		case *ast.MergeKeyNode:
			c.errorf(placeOf(t), "<< is not supported").hinted("write the keys out, or give the whole value with *")
			return nil
		default:
			if k = c.convert(t); k == nil {
				return nil
			}
		}
		if k.kind >= isList {
			c.errorf(k.at, "a key is a name, not %s", k.kind)
			return nil
		}
		if i == 0 && !n.flow {
			n.at = k.at // the parser's is that of the colon
		}
		v := c.convert(value.Value)
		if v == nil {
			return nil
		}
		n.pairs = append(n.pairs, pair{k, v})
		n.size++
		n.contains(v)
	}
	return c.bounded(n)
}

// bounded returns nil if a list or mapping is too large.
func (c *converter) bounded(n *node) *node {
	switch {
	case n.size > maxNodes:
		c.errorf(n.at, "the file has more than %d values, with those that * repeats", maxNodes)
	case n.depth > maxDepth:
		c.errorf(n.at, "lists and mappings are nested more than %d deep", maxDepth)
	default:
		return n
	}
	return nil
}

// placeOf returns where a node of the parser begins.
func placeOf(tree ast.Node) Position {
	switch t := tree.(type) {
	case *ast.MappingValueNode:
		return placeOf(t.Key)
	case *ast.MappingNode:
		if !t.IsFlowStyle && len(t.Values) > 0 {
			return placeOf(t.Values[0].Key)
		}
	}
	return positionOf(tree.GetToken())
}

func positionOf(tk *token.Token) Position {
	if tk == nil || tk.Position == nil {
		return Position{1, 1}
	}
	return Position{max(tk.Position.Line, 1), max(tk.Position.Column, 1)}
}

// syntaxError adds the parser's error in our words. Its own text shows lines of the file.
func syntaxError(p *problems, s source, err error) {
	var of yaml.Error
	if !errors.As(err, &of) {
		p.errorf(Position{1, 1}, "the file cannot be read as YAML: %v", err)
		return
	}
	at := positionOf(of.GetToken())
	message := of.GetMessage()
	for _, known := range syntaxErrors {
		if strings.Contains(message, known.message) {
			p.errorf(at, "%s", known.text).Hint = known.hint
			return
		}
	}
	e := p.errorf(at, "this is not YAML: %s", message)
	brace := s.from(Position{at.Line, max(at.Column-1, 1)})
	if strings.Contains(message, "flow map content") && strings.HasPrefix(brace, "{") {
		e.Text = "a text that begins with { must be in quotes"
		if inside, err := inBraces(brace); err == nil {
			e.Hint = quoted(withBraces(inside))
		}
		return
	}
	if strings.Contains(message, "not allowed") || strings.Contains(message, "reserved character") || strings.Contains(message, "header option") {
		e.Text = "this does not belong to what stands before it"
		e.Hint = "look at the spaces before it and in the next line: what belongs together begins in the same column"
		if what, repair := unquoted(s.line(at.Line)); repair != "" {
			e.Text, e.Hint = what, repair
		}
	}
}

// syntaxErrors are what the parser says, and what we say.
var syntaxErrors = []struct{ message, text, hint string }{
	{"end character of double-quoted", `the " has no other one that closes it`, ""},
	{"end character of single-quoted", "the ' has no other one that closes it", "a ' of the text is written ''"},
	{"end token ']'", "the [ has no ] that closes it", ""},
	{"end token '}'", "the { has no } that closes it", ""},
	{"corresponding to ']'", "the ] has no [ before it", ""},
	{"corresponding to '}'", "the } has no { before it", ""},
	{"block sequence entries", "a list begins in a line of its own", "begin a new line before the -"},
	{"invalid key", "a key is a name", ""},
	{"undefined alias", "a text that begins with * must be in quotes", "'*'"},
	{"undefined anchor", "a text that begins with & must be in quotes", ""},
	{"',' or ']'", "a comma or ] is missing before this", ""},
	{"',' or '}'", "a comma or } is missing before this", ""},
	{"tab", "a line begins with a tab", "YAML wants spaces there"},
	{"\t", "a line begins with a tab", "YAML wants spaces there"},
}
