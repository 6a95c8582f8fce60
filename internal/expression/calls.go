package expression

import "github.com/expr-lang/expr/ast"

// call compiles a call.
func (c *compiler) call(t *ast.CallNode, at int) (*node, error) {
	name, ok := t.Callee.(*ast.IdentifierNode)
	if !ok {
		return nil, c.source.errorf(at, "values have no functions of their own").hinted("write lower(properties.plan), or properties.plan | lower()")
	}
	f := functionNamed(name.Value)
	if f == nil && name.Value != "default" {
		return nil, c.unknownFunction(at, name.Value)
	}
	arguments, _, err := c.all(t.Arguments)
	if err != nil {
		return nil, err
	}
	if f != nil {
		return c.callOf(f, at, arguments)
	}
	if len(arguments) == 0 {
		return nil, c.source.errorf(at, "default takes at least one value").hinted(defaultUsage)
	}
	return firstOf(at, arguments), nil
}

// callOf compiles a call of a function with arguments that have been compiled.
func (c *compiler) callOf(f *function, at int, arguments []*node) (*node, error) {
	least, most := len(f.takes)-f.optional, len(f.takes)
	if len(arguments) < least || len(arguments) > most && !f.more {
		return nil, c.source.errorf(at, "%s takes other arguments", f.Name()).hinted("%s", f.Usage)
	}
	k := &call{of: f, at: at, arguments: arguments}
	for i, argument := range arguments {
		if err := argument.want(c.source, at, k.needs(i), k.takes(i)); err != nil {
			return nil, err
		}
	}
	if f.prepare != nil {
		if err := f.prepare(c, k); err != nil {
			return nil, err
		}
	}
	return &node{at: at, kinds: f.gives | isNil, says: "the result of " + f.Name(), run: k.run}, nil
}
