package mapping

import (
	"strings"

	"ph2cio/internal/expression"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/rawjson"
)

// tally counts what the rules of a mapping file do to rows. It belongs to one goroutine.
type tally struct {
	matched   []int64           // by rule: the rows that it matches and for which its condition is true
	failed    []int64           // by rule: the rows in which its condition failed
	awaited   []int64           // by rule that looks at the person: the rows on which it may act
	built     []int64           // by rule: of matched, those of which an event, page or screen was built
	unnamed   []int64           // by rule: pages and screens that it makes and that have no name
	names     []nameSample      // by rule: of properties in rows in which its expressions miss some
	room      int               // how many names may be added to names
	places    []ruledExpression // of the expressions
	computed  []computed        // by the number of the expression
	pathsUsed []pathUse         // by the number of the path
}

// newTally returns a tally for the rules.
func (f *fileRules) newTally() *tally {
	counts := make([]int64, 5*len(f.rules))
	part := func(i int) []int64 { return counts[i*len(f.rules) : (i+1)*len(f.rules)] }
	return &tally{
		matched: part(0), failed: part(1), built: part(2), unnamed: part(3), awaited: part(4),
		names: make([]nameSample, len(f.rules)), room: maxSampledNames * 50,
		places: f.expressions, computed: make([]computed, len(f.expressions)), pathsUsed: make([]pathUse, len(f.paths)),
	}
}

// ruledExpression is an expression of a rule, and where it stands.
type ruledExpression struct {
	rule    int    // its index
	key     string // of the rule: when, name, attributes, person or person-once
	name    string // of the attribute
	at      mappingfile.Position
	late    bool // it is computed in the second pass
	program *expression.Program
	wanted  []wanted // the properties that it looks at, at most maxWanted
	fixed   bool     // it looks at nothing, so that its value is the same for all rows
}

// maxWanted is how many properties of an expression are looked for: computed.had has a bit for each.
const maxWanted = 64

// wanted is a property that an expression looks at.
type wanted struct {
	name     string
	ofPerson bool
}

// String returns the property as expressions write it.
func (w *wanted) String() string {
	text := writtenProperty(w.name)
	if w.ofPerson {
		text = "person." + text
	}
	return text
}

// writtenProperty returns a property of an event as expressions write it.
func writtenProperty(name string) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"
	if rest := strings.TrimLeft(name, letters); name == "" || len(rest) == len(name) || strings.Trim(rest, letters+"0123456789") != "" {
		return "properties[" + string(rawjson.AppendString(nil, []byte(name))) + "]"
	}
	return "properties." + name
}

// computed counts what an expression was in rows. A condition that is false has no value.
type computed struct {
	values, missing int64
	had             uint64 // of wanted, by bits: rows have it, while values is 0
}

// pathUse counts what the path of a date met in rows.
type pathUse struct {
	rows, met int64
	inList    int // how many of its parts lead to a list that the next part does not match; 0 for none
}

// value counts a value of an expression.
func (t *tally) value(number int) { t.computed[number].values++ }

// none counts a row in which an expression has no value. Until it has one the tally notes what may be wrong.
func (t *tally) none(number int, row *expression.Row) {
	one := &t.computed[number]
	if one.missing++; one.values > 0 {
		return
	}
	place := &t.places[number]
	looks := false
	for i := range place.wanted {
		if one.had>>i&1 != 0 {
			continue
		}
		if hasProperty(row, &place.wanted[i]) {
			one.had |= 1 << i
		} else {
			looks = looks || !place.wanted[i].ofPerson
		}
	}
	if looks {
		t.room -= t.names[place.rule].add(row.Properties, row.Members, t.room)
	}
}

// hasProperty reports whether a row or its person has a property.
func hasProperty(row *expression.Row, w *wanted) bool {
	object, members := row.Properties, row.Members
	if w.ofPerson {
		if row.Person == nil {
			return false
		}
		object, members = row.Person.Properties()
	}
	return valueOf(object, members, w.name) != nil
}

// nameSample are names of properties in some rows, among which somebody looks for one that was meant.
type nameSample struct {
	rows  int
	names map[string]bool
}

// Limits of a sample.
const (
	maxSampledRows  = 1000
	maxSampledNames = 500
)

// add adds the names in a row, at most room of them, unless there are enough. It returns how many it has added.
func (s *nameSample) add(object []byte, members []rawjson.Member, room int) (added int) {
	if s.rows == maxSampledRows {
		return 0
	}
	s.rows++
	room = min(room, maxSampledNames-len(s.names))
	for _, member := range members {
		name := nameOf(object, member)
		if len(name) > maxNearLength || s.names[string(name)] || added >= room {
			continue
		}
		if s.names == nil {
			s.names = map[string]bool{}
		}
		s.names[string(name)] = true
		added++
	}
	return added
}

// sampleOf returns a sample of these names.
func sampleOf(names []string) (s nameSample) {
	s.names = map[string]bool{}
	for _, name := range names {
		s.names[name] = true
	}
	return s
}

// numberExpressions gives the expressions and paths of the rules their numbers.
func (f *fileRules) numberExpressions() {
	for i := range f.rules {
		rule := &f.rules[i]
		if rule.when != nil {
			rule.whenNumber = len(f.expressions)
			f.addExpression(ruledExpression{rule: i, key: "when", at: rule.whenAt, late: rule.late, program: rule.when})
		}
		if rule.name != nil {
			f.numberValue(rule.name, ruledExpression{rule: i, key: "name", late: true})
		}
		for j := range rule.attributes {
			f.numberValue(&rule.attributes[j].value, ruledExpression{rule: i, key: "attributes", late: true})
		}
		for j := range rule.set {
			f.numberValue(&rule.set[j].value, ruledExpression{rule: i, key: "person"})
		}
		for j := range rule.once {
			f.numberValue(&rule.once[j].value, ruledExpression{rule: i, key: "person-once"})
		}
		rule.firstPath = len(f.paths)
		for j := range rule.dates {
			f.paths = append(f.paths, ruledPath{i, &rule.dates[j]})
		}
	}
}

// ruledPath is a path of a rule.
type ruledPath struct {
	rule int
	path *mappingfile.Path
}

// numberValue numbers the expressions of a value. at says where it stands.
func (f *fileRules) numberValue(v *fileValue, at ruledExpression) {
	v.first = len(f.expressions)
	at.name = v.name
	for _, part := range v.template.Parts {
		at.at, at.program = part.At, part.Expression
		f.addExpression(at)
	}
}

// addExpression adds an expression with the next number. Literals have numbers too.
func (f *fileRules) addExpression(one ruledExpression) {
	if one.fixed = one.program == nil; !one.fixed {
		u := one.program.Uses()
		one.fixed = !u.AllProperties && !u.Person && len(u.Fields)+len(u.Properties) == 0
		for _, name := range u.Properties {
			one.wanted = append(one.wanted, wanted{name, false})
		}
		for _, name := range u.PersonProperties {
			one.wanted = append(one.wanted, wanted{name, true})
		}
		one.wanted = one.wanted[:min(len(one.wanted), maxWanted)]
	}
	f.expressions = append(f.expressions, one)
}
