package expression

import (
	"slices"
	"strings"
)

// Functions returns all functions, sorted by name.
func Functions() []Function {
	all := []Function{{defaultUsage, "the first value that is not nil, like a ?? b ?? ...", `default(nil, "free")`, `"free"`}}
	for _, f := range functions {
		all = append(all, f.Function)
	}
	all = append(all, loopFunctions...)
	slices.SortFunc(all, func(a, b Function) int { return strings.Compare(a.Name(), b.Name()) })
	return all
}

// Name is something that an expression can begin with.
type Name struct {
	Name string // such as event.uuid
	Is   string // what it is
}

// Names returns all names. Instead of NAME stands the name of a property.
func Names() []Name {
	var all []Name
	for _, f := range eventFields {
		all = append(all, Name{"event." + f.name, f.is})
	}
	all = append(all, Name{"properties.NAME", "a property of the event"})
	for _, f := range personFields {
		all = append(all, Name{"person." + f.name, f.is})
	}
	return append(all, Name{"person.properties.NAME", "a property of the person"})
}

const defaultUsage = "default(a, b, ...)"

// functions is the table of functions: see the files that hold them.
var functions = slices.Concat(textFunctions, conversions, numberFunctions, dateFunctions, listFunctions, urlFunctions)

// functionsByName is made once.
var functionsByName = func() map[string]*function {
	byName := map[string]*function{}
	for i := range functions {
		byName[functions[i].Name()] = &functions[i]
	}
	return byName
}()

// functionNamed returns a function, nil if there is none of this name.
func functionNamed(name string) *function { return functionsByName[name] }

// loopFunctions are those that compute something for each element of a list, in which # is the element.
var loopFunctions = []Function{
	{
		"all(list, condition)",
		"whether the condition holds for each element, which it names #",
		`all([1, 2], # > 0)`, `true`,
	},
	{
		"any(list, condition)",
		"whether the condition holds for an element",
		`any([{sku: "a"}, {sku: "b"}], .sku == "b")`, `true`,
	},
	{
		"count(list, condition)",
		"how many elements the condition holds for",
		`count([1, 2, 3], # > 1)`, `2`,
	},
	{
		"filter(list, condition)",
		"the elements that the condition holds for",
		`filter([1, 2, 3], # > 1)`, `[2,3]`,
	},
	{
		"map(list, value)",
		"the values computed from each element",
		`map(["a", "b"], upper(#))`, `["A","B"]`,
	},
	{
		"sum(list, [value])",
		"the sum of the elements, or of a value computed from each; nil adds nothing",
		`sum([{price: 2.5, qty: 2}, {price: 1, qty: 1}], .price * .qty)`, `6`,
	},
}

// isLoop reports whether the parser reads a name as one of a loop, ours or not.
func isLoop(name string) bool { return slices.Contains(loopNames, name) }

// loopNames are those that the parser takes for loops.
var loopNames = []string{"all", "none", "any", "one", "filter", "map", "count", "sum", "find", "findIndex", "findLast", "findLastIndex", "groupBy", "sortBy", "reduce"}
