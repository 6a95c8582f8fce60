package expression

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ph2cio/internal/rawjson"
)

// The oracle computes expressions again, slowly and over values of Go: nil, bool, string, *big.Rat, []any and
// map[string]any. An expression of the oracle is its text and what it computes.
type oracle struct {
	text string
	run  func(s *scene) (any, error)
}

// scene is what an expression of the oracle sees.
type scene struct {
	properties, person map[string]any
	elements           []any // of the loops around, the innermost last
}

var (
	errKind    = errors.New("a value has the wrong kind")
	errInexact = errors.New("the result needs more digits than a decimal has: the oracle does not round")
)

func TestAgainstOracle(t *testing.T) { rapid.Check(t, againstOracle) }

func FuzzRun(f *testing.F) { f.Fuzz(rapid.MakeFuzz(againstOracle)) }

func againstOracle(t *rapid.T) {
	row, s := drawRow(t)
	o := drawExpression(t, 4, 0)
	p, err := Compile(o.text, EventScope)
	if err != nil { // the compiler sees that kinds do not fit, even where they are never computed
		var of *Error
		if !errors.As(err, &of) || !strings.Contains(of.Text, "takes") && !strings.Contains(of.Text, "compares") && !strings.Contains(of.Text, "looks for") && !strings.Contains(of.Text, "have members") {
			t.Fatalf("%s: %v", o.text, err)
		}
		return
	}
	want, wantErr := o.run(s)
	if errors.Is(wantErr, errInexact) {
		return
	}
	out, ok, err := NewEvaluator(nil).JSON(nil, p, row)
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("%s with %s gives %s, %v; want %v, %v", o.text, row.Properties, out, err, want, wantErr)
	}
	if err != nil {
		return
	}
	var got any
	if ok {
		got = decode(t, out)
	}
	if !same(got, want) {
		t.Fatalf("%s with %s gives %s, want %v", o.text, row.Properties, out, want)
	}
}

// decode decodes JSON into values of the oracle.
func decode(t *rapid.T, text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return exact(v)
}

func exact(v any) any {
	switch v := v.(type) {
	case json.Number:
		r, _ := new(big.Rat).SetString(string(v))
		return r
	case []any:
		for i := range v {
			v[i] = exact(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = exact(v[key])
		}
	}
	return v
}

func same(a, b any) bool {
	switch a := a.(type) {
	case *big.Rat:
		b, ok := b.(*big.Rat)
		return ok && a.Cmp(b) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok {
			return false
		}
		for key := range a {
			if !same(a[key], b[key]) {
				return false
			}
		}
		for key := range b {
			if !same(a[key], b[key]) {
				return false
			}
		}
		return true
	}
	_, isList := b.([]any)
	_, isObject := b.(map[string]any)
	return !isList && !isObject && a == b
}

// drawRow draws a row, and the same decoded.
func drawRow(t *rapid.T) (*Row, *scene) {
	properties, person := drawObject(t, 3), drawObject(t, 2)
	row := &Row{Properties: properties, Person: &benchPerson{object: person}}
	if rapid.Bool().Draw(t, "members") {
		row.Members = rawjson.WalkMembers(nil, properties)
	}
	return row, &scene{properties: decode(t, properties).(map[string]any), person: decode(t, person).(map[string]any)}
}

var (
	keys    = []string{"a", "b", "c", "x y", "é"}
	texts   = []string{"", "a", "b", "pro", "Pro", "12.5", "a\"b\\", "é\n", "  x ", "ünï", "\u2028", "true"}
	figures = []string{"0", "1", "2", "3", "-1", "-0", "1.0", "0.5", "1.10", "12.5", "1e2", "100", "25e-1", "9007199254740993", "0.001"}
)

// drawValue draws JSON as others write it: with spaces, needless escapes and members that come twice.
func drawValue(t *rapid.T, depth int) []byte {
	most := 5
	if depth == 0 {
		most = 3
	}
	switch rapid.IntRange(0, most).Draw(t, "kind") {
	case 0:
		return []byte(rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "word"))
	case 1, 2:
		return drawText(t)
	case 3:
		return []byte(rapid.SampledFrom(figures).Draw(t, "number"))
	case 4:
		list := []byte("[")
		for i := range rapid.IntRange(0, 4).Draw(t, "elements") {
			if i > 0 {
				list = append(list, ',')
			}
			list = append(append(list, drawSpace(t)...), drawValue(t, depth-1)...)
		}
		return append(append(list, drawSpace(t)...), ']')
	}
	return drawObject(t, depth-1)
}

func drawObject(t *rapid.T, depth int) []byte {
	object := []byte("{")
	for i := range rapid.IntRange(0, 6).Draw(t, "members") {
		if i > 0 {
			object = append(object, ',')
		}
		key := escape(t, rapid.SampledFrom(keys).Draw(t, "key"))
		object = append(append(append(append(object, drawSpace(t)...), key...), drawSpace(t)...), ':')
		object = append(append(append(object, drawSpace(t)...), drawValue(t, max(depth, 0))...), drawSpace(t)...)
	}
	return append(object, '}')
}

func drawSpace(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", " ", "\n\t"}).Draw(t, "space")
}

func drawText(t *rapid.T) []byte { return escape(t, rapid.SampledFrom(texts).Draw(t, "text")) }

// escape writes a text as JSON, perhaps with its first character escaped.
func escape(t *rapid.T, text string) []byte {
	quoted, _ := json.Marshal(text)
	if r, size := utf8.DecodeRuneInString(text); r >= 'a' && r < 0x10000 && rapid.Bool().Draw(t, "escaped") {
		quoted = append(fmt.Appendf(nil, `"\u%04x`, r), quoted[1+size:]...)
	}
	return quoted
}

// drawExpression draws an expression that is nested at most so deep, within so many loops.
func drawExpression(t *rapid.T, depth, loops int) oracle {
	if depth == 0 || rapid.IntRange(0, 4).Draw(t, "leaf") == 0 {
		return drawLeaf(t, loops)
	}
	kind := rapid.SampledFrom([]string{"equal", "order", "logic", "not", "else", "if", "arithmetic", "in", "search", "member", "element", "list", "object", "call", "loop", "map"}).Draw(t, "operator")
	sub := func() oracle { return drawExpression(t, depth-1, loops) }
	switch kind {
	case "not":
		a := sub()
		return oracle{"not " + wrap(a), func(s *scene) (any, error) {
			yes, err := a.condition(s)
			return !yes, err
		}}
	case "logic":
		return logicOf(sub(), rapid.SampledFrom([]string{"and", "or"}).Draw(t, "logic"), sub())
	case "else":
		a, b := sub(), sub()
		return oracle{wrap(a) + " ?? " + wrap(b), func(s *scene) (any, error) {
			if v, err := a.run(s); v != nil || err != nil {
				return v, err
			}
			return b.run(s)
		}}
	case "if":
		a, b, c := sub(), sub(), sub()
		return oracle{wrap(a) + " ? " + wrap(b) + " : " + wrap(c), func(s *scene) (any, error) {
			yes, err := a.condition(s)
			switch {
			case err != nil:
				return nil, err
			case yes:
				return b.run(s)
			}
			return c.run(s)
		}}
	case "member":
		a, key := sub(), rapid.SampledFrom(keys).Draw(t, "key")
		return oracle{wrap(a) + "[" + strconv.Quote(key) + "]", func(s *scene) (any, error) {
			v, err := a.run(s)
			object, _ := v.(map[string]any)
			return object[key], err
		}}
	case "element":
		a, i := sub(), rapid.IntRange(-3, 3).Draw(t, "index")
		return oracle{fmt.Sprintf("%s[%d]", wrap(a), i), func(s *scene) (any, error) {
			v, err := a.run(s)
			return at(v, i), err
		}}
	case "list":
		return listOf(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) oracle { return drawExpression(t, depth-1, loops) }), 0, 3).Draw(t, "elements"))
	case "object":
		a, b := sub(), sub()
		return oracle{"{a: " + a.text + ", \"x y\": " + b.text + "}", func(s *scene) (any, error) {
			one, err := a.run(s)
			if err != nil {
				return nil, err
			}
			other, err := b.run(s)
			return map[string]any{"a": one, "x y": other}, err
		}}
	case "call":
		return drawCall(t, sub)
	case "loop":
		return loopOf(rapid.SampledFrom([]string{"any", "all", "count", "filter"}).Draw(t, "loop"), sub(), drawExpression(t, depth-1, loops+1))
	case "map":
		return mapOf(sub(), drawExpression(t, depth-1, loops+1))
	}
	return binaryOf(t, kind, sub(), sub())
}

func wrap(o oracle) string { return "(" + o.text + ")" }

func drawLeaf(t *rapid.T, loops int) oracle {
	fixed := func(text string, v any) oracle {
		return oracle{text, func(*scene) (any, error) { return v, nil }}
	}
	switch kind := rapid.IntRange(0, 9).Draw(t, "leaf kind"); {
	case kind < 4:
		key := rapid.SampledFrom(keys).Draw(t, "property")
		return oracle{dotted("properties", key), func(s *scene) (any, error) { return s.properties[key], nil }}
	case kind == 4:
		key := rapid.SampledFrom(keys).Draw(t, "property")
		return oracle{dotted("person.properties", key), func(s *scene) (any, error) { return s.person[key], nil }}
	case kind == 5:
		text := rapid.SampledFrom(texts).Draw(t, "text")
		return fixed(strconv.Quote(text), text)
	case kind == 6:
		text := rapid.SampledFrom(figures).Draw(t, "number")
		r, _ := new(big.Rat).SetString(text)
		return fixed(text, r)
	case kind == 7 && loops > 0, kind == 8 && loops > 0:
		return oracle{"#", func(s *scene) (any, error) { return s.elements[len(s.elements)-1], nil }}
	case kind == 8:
		return fixed("nil", nil)
	}
	yes := rapid.Bool().Draw(t, "boolean")
	return fixed(strconv.FormatBool(yes), yes)
}

func (o oracle) condition(s *scene) (bool, error) {
	v, err := o.run(s)
	if err != nil || v == nil {
		return false, err
	}
	yes, ok := v.(bool)
	if !ok {
		return false, errKind
	}
	return yes, nil
}

func at(v any, i int) any {
	list, _ := v.([]any)
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}

func logicOf(a oracle, operator string, b oracle) oracle {
	return oracle{wrap(a) + " " + operator + " " + wrap(b), func(s *scene) (any, error) {
		yes, err := a.condition(s)
		if err != nil || yes == (operator == "or") {
			return yes, err
		}
		yes, err = b.condition(s)
		return yes, err
	}}
}

func listOf(elements []oracle) oracle {
	var parts []string
	for _, e := range elements {
		parts = append(parts, e.text)
	}
	return oracle{"[" + strings.Join(parts, ", ") + "]", func(s *scene) (any, error) {
		list := []any{}
		for _, e := range elements {
			v, err := e.run(s)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}}
}

// binaryOf computes both sides first, as all these operators do.
func binaryOf(t *rapid.T, kind string, a, b oracle) oracle {
	choose := func(operators ...string) string { return rapid.SampledFrom(operators).Draw(t, kind) }
	both := func(operator string, f func(x, y any) (any, error)) oracle {
		return oracle{wrap(a) + " " + operator + " " + wrap(b), func(s *scene) (any, error) {
			x, err := a.run(s)
			if err != nil {
				return nil, err
			}
			y, err := b.run(s)
			if err != nil {
				return nil, err
			}
			return f(x, y)
		}}
	}
	switch kind {
	case "equal":
		return both("==", func(x, y any) (any, error) { return same(x, y), nil })
	case "order":
		operator := choose("<", "<=", ">", ">=")
		return both(operator, func(x, y any) (any, error) { return ordered(operator, x, y) })
	case "arithmetic":
		operator := choose("+", "-", "*")
		return both(operator, func(x, y any) (any, error) { return computed(operator, x, y) })
	case "in":
		return both("in", func(x, y any) (any, error) {
			switch y := y.(type) {
			case nil:
				return false, nil
			case []any:
				return slices.ContainsFunc(y, func(v any) bool { return same(v, x) }), nil
			case map[string]any:
				key, ok := x.(string)
				return ok && y[key] != nil, nil
			}
			return nil, errKind
		})
	}
	operator := choose("contains", "startsWith", "endsWith")
	return both(operator, func(x, y any) (any, error) {
		if x == nil {
			return false, nil
		}
		if list, ok := x.([]any); ok && operator == "contains" {
			return slices.ContainsFunc(list, func(v any) bool { return same(v, y) }), nil
		}
		text, ok := x.(string)
		part, okPart := y.(string)
		switch {
		case !ok:
			return nil, errKind
		case y == nil:
			return false, nil
		case !okPart:
			return nil, errKind
		}
		return map[string]func(s, part string) bool{"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix}[operator](text, part), nil
	})
}

func ordered(operator string, x, y any) (any, error) {
	if x == nil || y == nil {
		return false, nil
	}
	order := 0
	switch x := x.(type) {
	case *big.Rat:
		y, ok := y.(*big.Rat)
		if !ok {
			return nil, errKind
		}
		order = x.Cmp(y)
	case string:
		y, ok := y.(string)
		if !ok {
			return nil, errKind
		}
		order = strings.Compare(x, y)
	default:
		return nil, errKind
	}
	return map[string]bool{"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator], nil
}

func computed(operator string, x, y any) (any, error) {
	if x == nil || y == nil {
		return nil, nil
	}
	if x, ok := x.(string); ok && operator == "+" {
		y, ok := y.(string)
		if !ok {
			return nil, errKind
		}
		return x + y, nil
	}
	a, okA := x.(*big.Rat)
	b, okB := y.(*big.Rat)
	if !okA || !okB {
		return nil, errKind
	}
	r := new(big.Rat)
	switch operator {
	case "+":
		r.Add(a, b)
	case "-":
		r.Sub(a, b)
	case "*":
		r.Mul(a, b)
	}
	if digits := strings.TrimLeft(strings.Replace(strings.TrimRight(r.FloatString(30), "0"), ".", "", 1), "-0"); len(digits) > 18 {
		return nil, errInexact
	}
	return r, nil
}

// drawCall draws a call of a function with one argument.
func drawCall(t *rapid.T, sub func() oracle) oracle {
	name := rapid.SampledFrom([]string{"lower", "upper", "trim", "length", "first", "last", "text", "unique", "default", "abs"}).Draw(t, "function")
	a := sub()
	return oracle{name + "(" + a.text + ")", func(s *scene) (any, error) {
		v, err := a.run(s)
		if err != nil || v == nil {
			return nil, err
		}
		return called(name, v)
	}}
}

func called(name string, v any) (any, error) {
	text, isText := v.(string)
	list, isList := v.([]any)
	number, isNumber := v.(*big.Rat)
	_, isObject := v.(map[string]any)
	switch {
	case name == "default", name == "text" && isText:
		return v, nil
	case name == "text":
		return nil, errInexact // it shows the bytes, which the oracle does not have
	case name == "length" && isText:
		return big.NewRat(int64(utf8.RuneCountInString(text)), 1), nil
	case name == "length" && isList:
		return big.NewRat(int64(len(list)), 1), nil
	case name == "length" && isObject:
		return nil, errInexact // members that come twice count twice
	case name == "lower" && isText:
		return strings.ToLower(text), nil
	case name == "upper" && isText:
		return strings.ToUpper(text), nil
	case name == "trim" && isText:
		return strings.TrimSpace(text), nil
	case name == "first" && isList:
		return at(list, 0), nil
	case name == "last" && isList:
		return at(list, -1), nil
	case name == "unique" && isList:
		out := []any{}
		for _, v := range list {
			if !slices.ContainsFunc(out, func(before any) bool { return same(before, v) }) {
				out = append(out, v)
			}
		}
		return out, nil
	case name == "abs" && isNumber:
		return new(big.Rat).Abs(number), nil
	}
	return nil, errKind
}

// overElements computes a list and calls visit for each element while it is the one that # stands for, until
// visit returns false. ok is false if there is no list.
func overElements(s *scene, list oracle, visit func(element any) (more bool, err error)) (ok bool, err error) {
	v, err := list.run(s)
	if err != nil || v == nil {
		return false, err
	}
	elements, ok := v.([]any)
	if !ok {
		return false, errKind
	}
	for _, element := range elements {
		s.elements = append(s.elements, element)
		more, err := visit(element)
		s.elements = s.elements[:len(s.elements)-1]
		if err != nil || !more {
			return true, err
		}
	}
	return true, nil
}

func loopOf(name string, list, body oracle) oracle {
	return oracle{name + "(" + list.text + ", (" + body.text + "))", func(s *scene) (any, error) {
		result, kept := name == "all", []any{}
		ok, err := overElements(s, list, func(element any) (bool, error) {
			yes, err := body.condition(s)
			if yes {
				kept = append(kept, element)
			}
			if name == "any" && yes || name == "all" && !yes {
				result = yes
				return false, err
			}
			return true, err
		})
		switch {
		case err != nil || !ok:
			return nil, err
		case name == "count":
			return big.NewRat(int64(len(kept)), 1), nil
		case name == "filter":
			return kept, nil
		}
		return result, nil
	}}
}

func mapOf(list, body oracle) oracle {
	return oracle{"map(" + list.text + ", (" + body.text + "))", func(s *scene) (any, error) {
		out := []any{}
		ok, err := overElements(s, list, func(any) (bool, error) {
			value, err := body.run(s)
			out = append(out, value)
			return true, err
		})
		if err != nil || !ok {
			return nil, err
		}
		return out, nil
	}}
}

// TestPropertiesKeepTheirBytes: what an expression only names comes out as it is in the row, as it does from
// a placeholder in a template.
func TestPropertiesKeepTheirBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row, _ := drawRow(t)
		key := rapid.SampledFrom(keys).Draw(t, "key")
		var want []byte
		for _, field := range mustFields(t, row.Properties) {
			if field.Is(key) {
				want = field.Value
			}
		}
		p, err := Compile("event."+dotted("properties", key), EventScope)
		if err != nil {
			t.Fatal(err)
		}
		out, ok, err := NewEvaluator(nil).JSON(nil, p, row)
		if err != nil || ok != (want != nil && string(want) != "null") || ok && !bytes.Equal(out, want) {
			t.Fatalf("%q of %s is %s, %v, want %s", key, row.Properties, out, err, want)
		}
	})
}

func mustFields(t *rapid.T, object []byte) []rawjson.Field {
	fields, ok := rawjson.Fields(object)
	if !ok {
		t.Fatalf("%s is no object", object)
	}
	return fields
}
