// Package expression computes values from one event and its person, such as
//
//	properties.plan ?? person.properties.plan ?? "free"
//	event.event == "order paid" and any(properties.items, .sku startsWith "book-")
//	round(sum(properties.items, .price * .quantity), 2)
//
// Its syntax is that of github.com/expr-lang/expr, whose parser reads it. The virtual machine of that library
// computes with values of Go. Here values are raw JSON, of which only what is named is looked up and which
// keep their bytes, and an Evaluator allocates nothing once it has its memory. So the syntax tree is compiled
// to functions over raw JSON.
//
// Compile makes a Program of a text, once. An Evaluator computes its value for a Row, once for each row.
//
// # Values
//
// A value is a text, a number, a boolean, a list, an object or nil. What a row does not have is nil, at any
// depth, and so is null. A text that looks like a number is a text; number("12.5") makes a number of it.
//
//	nil         functions and arithmetic give nil for nil; in conditions it counts as false; a ?? b and
//	            default(a, b) replace it
//	== !=       values of different kinds differ; numbers are compared by what they are worth, exactly. A value
//	            that is written out must have a kind that the other one can have
//	< <= > >=   two numbers, or two texts in the order of their code points; false for nil, an error for
//	            other kinds
//	+ - * / %   decimals of 19 digits: 0.1 + 0.2 is 0.3. More digits behind the point are rounded, half to
//	            even; more before it are an error. The remainder has the sign of what is divided. + also joins
//	            two texts
//	and or not  booleans and nil
//	in          an element of a list, or the name of a member of an object
//	contains    a part of a text, or an element of a list
//	matches     a pattern in RE2's syntax, which must be written out
//	a.b a["b"]  members, of which those with other characters than letters, digits, _ and $ are written in [ ]:
//	            properties["utm.source"]; a[0] and a[-1] elements, a[1:3] a part of a list or text
//	a ? b : c   only what is needed is computed, as with and, or and ??
//	let x = 1;  a name for the value that follows
//	x | f(y)    f(x, y)
//
// A number that is only passed on keeps every digit, and a list or object its bytes. Functions has the
// functions: there is none that gives another result in another night or on another machine, such as the
// time or the environment.
//
// # Bounds
//
// Nobody can make a run slow with an expression or a row: the text, the nodes of its tree, the instructions
// of its patterns, and for one row the steps, the memory and the size of the result have limits. To exceed
// one is an error of the expression or of the row. An error of a row names the place, the property and the
// kind of its value, never the value.
//
// # Files
//
// A file uses only what lies in its own line or above; those of the last line use each other, as the parts of
// an expression do.
//
//	error, kinds, uses, row       errors and their places, kinds of values, what is looked at, the input
//	machine                       the memory and the bounds of one evaluation
//	plain, number, order          texts without escapes, numbers, equality and order
//	node, binary, fields          a compiled part, an operator with two operands, parts of events and persons
//	program, evaluator            what was compiled, and what runs it
//	tokens, parse                 the library's parser, with its errors in our words
//	compiler                      what the compiler knows
//	function, textfunctions, numberfunctions, datefunctions, listfunctions, urlfunctions
//	functions                     the table of functions
//	suggest, names, searches      what was probably meant; names; in, contains, matches
//	compile, members, operators, calls, loops
//	                              the compiler
package expression
