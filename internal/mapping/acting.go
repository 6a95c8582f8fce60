package mapping

import (
	"fmt"

	"ph2cio/internal/customerio"
	"ph2cio/internal/expression"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// acting decides which rules of a mapping file act on a row, and computes their values. It belongs to one
// goroutine.
type acting struct {
	file     string // its name
	rules    []fileRule
	usesUUID bool // some expression looks at the event's UUID
	eval     *expression.Evaluator
	row      expression.Row
	clean    *cleaner

	acts      []int  // the rules that act, by their index; with late ones that may, until they are decided
	decided   bool   // by decideLate
	set, once []byte // what they set as $set and $set_once do: "a":1,"b":2,
	person    rowPerson
	uuid      [36]byte
	made      []byte // scratch: the value of an expression
	text      []byte // scratch: of a template
	part      []byte // scratch: of an expression in it
}

// reset forgets the row.
func (a *acting) reset() { a.acts, a.set, a.once, a.decided = a.acts[:0], a.set[:0], a.once[:0], false }

// verdict is what the rules that act say about a row. The zero value says nothing.
type verdict struct {
	dropped bool              // leave it out
	feeds   bool              // it only feeds its person
	action  customerio.Action // what to send; empty if they do not say
	unsure  bool              // rules that look at the person may say something else
}

// begin starts a row. at is the time to send it with, if it is known.
func (a *acting) begin(e *posthog.Event, at posthog.Time) {
	a.reset()
	a.row = expression.Row{
		Event: e.Name, RawDistinctID: e.DistinctID, UUID: e.UUIDText,
		Timestamp: at.Seconds(), HasTimestamp: at.State == posthog.Known,
		ElementsChain: e.ElementsChain, Properties: e.Properties, Members: e.Members,
	}
	if a.usesUUID && e.UUIDText == nil && e.HasUUID {
		a.row.UUID = e.UUID.Append(a.uuid[:0])
	}
}

// decide finds out which rules of a name act on a row, as far as the row alone tells. With feeds it also
// computes what they set. at is the time to send the row with, if it is known. An error says which expression
// has no value for the row.
func (a *acting) decide(e *posthog.Event, name *ruledName, at posthog.Time, feeds bool) (verdict, error) {
	a.begin(e, at)
	for _, i := range name.rules {
		rule := &a.rules[i]
		if !rule.late && rule.when != nil {
			acts, err := a.eval.Bool(rule.when, &a.row)
			if err != nil {
				a.reset()
				return verdict{}, a.failed(rule.whenAt, err)
			}
			if !acts {
				continue
			}
		}
		a.acts = append(a.acts, i)
		if rule.drop && !rule.late {
			break
		}
		if feeds && rule.changesPerson() {
			if err := a.change(rule); err != nil {
				a.reset()
				return verdict{}, err
			}
		}
	}
	return a.verdict(), nil
}

// change adds what a rule sets.
func (a *acting) change(rule *fileRule) (err error) {
	if a.set, err = a.appendChanges(a.set, rule.set); err == nil {
		a.once, err = a.appendChanges(a.once, rule.once)
	}
	return err
}

// appendChanges appends members of an object, each with a comma behind it.
func (a *acting) appendChanges(dst []byte, changes []personChange) ([]byte, error) {
	for i := range changes {
		value, ok, err := a.json(&changes[i].value)
		if err != nil {
			return dst, err
		}
		if ok {
			dst = append(append(append(dst, changes[i].encoded...), value...), ',')
		}
	}
	return dst, nil
}

// decideLate decides about the rules whose conditions look at the person, of a row for which decide has been
// called.
func (a *acting) decideLate(people *renderer, person *people.Person) (verdict, error) {
	a.person.set(people, person)
	a.row.DistinctID, a.row.Person = a.person.distinctID, &a.person
	kept := a.acts[:0]
	for _, i := range a.acts {
		rule := &a.rules[i]
		if rule.late {
			acts, err := a.eval.Bool(rule.when, &a.row)
			if err != nil {
				a.reset()
				return verdict{}, a.failed(rule.whenAt, err)
			}
			if !acts {
				continue
			}
		}
		if kept = append(kept, i); rule.drop {
			break
		}
	}
	a.acts, a.decided = kept, true
	return a.verdict(), nil
}

// verdict sums up what the rules that act say.
func (a *acting) verdict() (v verdict) {
	for _, i := range a.acts {
		rule := &a.rules[i]
		says := rule.feeds || rule.action != ""
		switch {
		case rule.late && !a.decided:
			v.unsure = v.unsure || says
		case rule.drop:
			v.dropped = true
		case says:
			v.feeds, v.action = rule.feeds, rule.action
		}
	}
	return v
}

// json computes a value. A text that is one expression and nothing else keeps the expression's type, and ok
// is false if there is no value. Any other text is a string, in which missing values are empty. The value is
// valid until the next call of any method.
func (a *acting) json(v *fileValue) (value []byte, ok bool, err error) {
	if v.literal != "" {
		a.made = append(a.made[:0], v.literal...)
		return a.made, true, nil
	}
	if program := v.template.Alone(); program != nil {
		if a.made, ok, err = a.eval.JSON(a.made[:0], program, &a.row); err != nil {
			return nil, false, a.failed(v.template.Parts[0].At, err)
		}
		return a.made, ok, nil
	}
	text, _, err := a.plain(v)
	if err != nil {
		return nil, false, err
	}
	a.made = rawjson.AppendString(a.made[:0], text)
	return a.made, true, nil
}

// plain computes a value as plain text, valid until the next call of any method, and what was wrong with it.
func (a *acting) plain(v *fileValue) (text []byte, found rawjson.Flaws, err error) {
	a.text = a.text[:0]
	for i := range v.template.Parts {
		p := &v.template.Parts[i]
		if p.Expression == nil {
			a.text = append(a.text, p.Literal...)
			continue
		}
		var ok bool
		if a.part, ok, err = a.eval.JSON(a.part[:0], p.Expression, &a.row); err != nil {
			return nil, 0, a.failed(p.At, err)
		}
		if ok {
			var flaws rawjson.Flaws
			a.text, flaws = a.appendPart(a.text, a.part)
			found |= flaws
		}
	}
	return a.text, found, nil
}

// appendPart appends a JSON value as text: a string without its quotes and escapes, another value as it is
// written.
func (a *acting) appendPart(dst, value []byte) ([]byte, rawjson.Flaws) {
	switch value[0] {
	case '"':
		return rawjson.AppendUnescaped(dst, value[1:len(value)-1])
	case '{', '[':
		return a.clean.appendNested(dst, value), 0 // secrets could not be found in text later
	}
	return append(dst, value...), 0
}

// failed returns the error of an expression at a place of the file, which has no value for the row.
func (a *acting) failed(at mappingfile.Position, err error) error {
	text := err.Error()
	if of, ok := err.(*expression.Error); ok {
		if text = of.Text; of.Hint != "" {
			text += " (" + of.Hint + ")"
		}
	}
	return fmt.Errorf("%s:%d:%d: %s", a.file, at.Line, at.Column, text)
}

// count adds the row to the counts of the rules that act on it, and appends these to acted.
func (a *acting) count(rows []int64, acted []int) []int {
	for _, i := range a.acts {
		if a.decided || !a.rules[i].late {
			rows[i]++
			acted = append(acted, i)
		}
	}
	return acted
}

// own notes the attributes that rules that act give to the event. Of a name that several give the last counts.
func (a *acting) own(to *owned) {
	for _, i := range a.acts {
		for j := range a.rules[i].attributes {
			to.add(a.rules[i].attributes[j].number, i)
		}
	}
}

// adds reports whether rules that act, or may act, give attributes to the event, and whether what they are
// depends on the person. A nil acting has no rules.
func (a *acting) adds() (adds, asksPerson bool) {
	if a == nil {
		return false, false
	}
	for _, i := range a.acts {
		if rule := &a.rules[i]; len(rule.attributes) > 0 {
			adds, asksPerson = true, asksPerson || rule.late || rule.usesPerson
		}
	}
	return adds, asksPerson
}
