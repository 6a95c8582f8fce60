package mapping

import (
	"fmt"

	"ph2cio/internal/expression"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// computing computes the expressions of templates and rules, for one row or person at a time. It belongs to one
// goroutine.
type computing struct {
	file     string // the name of the mapping file
	usesUUID bool   // some expression looks at the event's UUID
	eval     *expression.Evaluator
	clean    *cleaner
	tally    *tally // counts the values of a rule's expressions; nil without rules
	first    int    // the number of a rule's template, which is that of its first part; uncounted for a flag's

	row    expression.Row
	person rowPerson
	uuid   [36]byte
	made   []byte // scratch: the value of an expression
	text   []byte // scratch: of a template
	part   []byte // scratch: of an expression in it
}

// uncounted is computing.first for templates whose values are not counted.
const uncounted = -1

// newComputing returns what computes the expressions. clean removes secrets from objects and lists that become
// a part of a text.
func (r *Rules) newComputing(clean *cleaner) *computing {
	eval := expression.NewEvaluator(dateMicros)
	eval.CleanNested(clean.appendNested)
	return &computing{file: r.file.file, usesUUID: r.templates.uuid, eval: eval, clean: clean, first: uncounted}
}

// begin starts a row, whose person is not known yet. at is the time to send it with, if it is known.
func (c *computing) begin(e *posthog.Event, at posthog.Time) {
	c.row = expression.Row{
		Event: e.Name, RawDistinctID: e.DistinctID, UUID: e.UUIDText,
		Timestamp: at.Seconds(), HasTimestamp: at.State == posthog.Known,
		ElementsChain: e.ElementsChain, Properties: e.Properties, Members: e.Members,
	}
	if c.usesUUID && e.UUIDText == nil && e.HasUUID {
		c.row.UUID = e.UUID.Append(c.uuid[:0])
	}
}

// of says who the row's person is.
func (c *computing) of(person *people.Person) {
	c.person.set(person)
	c.row.DistinctID, c.row.Person = c.person.distinctID, &c.person
}

// beginPerson starts a person without a row.
func (c *computing) beginPerson(person *people.Person) {
	c.row = expression.Row{}
	c.of(person)
	c.row.RawDistinctID = c.row.DistinctID
}

// json computes a template and returns a JSON value. A template that is one expression and nothing else keeps
// the expression's type, and ok is false if there is no value. Any other is a string, in which missing values
// are empty. The value is valid until the next call of any method.
func (c *computing) json(t *mappingfile.Template) (value []byte, ok bool, err error) {
	if program := t.Alone(); program != nil {
		if c.made, ok, err = c.eval.JSON(c.made[:0], program, &c.row); err != nil {
			return nil, false, c.failed(&t.Parts[0], err)
		}
		c.count(0, ok)
		return c.made, ok, nil
	}
	text, err := c.plain(t)
	if err != nil {
		return nil, false, err
	}
	c.made = rawjson.AppendString(c.made[:0], text.plain)
	return c.made, true, nil
}

// computedText is the text that a template comes to.
type computedText struct {
	plain []byte        // valid until computing is used again
	whole bool          // each expression has a value
	found rawjson.Flaws // what was wrong with the texts in it
}

// plain computes a template as plain text.
func (c *computing) plain(t *mappingfile.Template) (text computedText, err error) {
	text.whole = true
	c.text = c.text[:0]
	for i := range t.Parts {
		p := &t.Parts[i]
		if p.Expression == nil {
			c.text = append(c.text, p.Literal...)
			continue
		}
		var ok bool
		if c.part, ok, err = c.eval.JSON(c.part[:0], p.Expression, &c.row); err != nil {
			return text, c.failed(p, err)
		}
		c.count(i, ok)
		if ok {
			var flaws rawjson.Flaws
			c.text, flaws = c.appendPart(c.text, c.part)
			text.found |= flaws
		}
		text.whole = text.whole && ok
	}
	text.plain = c.text
	return text, nil
}

// count counts whether a part of a template has a value.
func (c *computing) count(part int, ok bool) {
	switch {
	case c.first == uncounted:
	case ok:
		c.tally.value(c.first + part)
	default:
		c.tally.none(c.first+part, &c.row)
	}
}

// appendPart appends a JSON value as text: a string without its quotes and escapes, another value as it is
// written.
func (c *computing) appendPart(dst, value []byte) ([]byte, rawjson.Flaws) {
	switch value[0] {
	case '"':
		return rawjson.AppendUnescaped(dst, value[1:len(value)-1])
	case '{', '[':
		return c.clean.appendNested(dst, value), 0 // secrets could not be found in text later
	}
	return append(dst, value...), 0
}

// failed returns the error of an expression of a template, which has no value for the row.
func (c *computing) failed(p *mappingfile.Part, err error) error {
	if p.At == (mappingfile.Position{}) {
		return fmt.Errorf("{%s}: %s", p.Text, whatIsWrong(err))
	}
	return c.failedAt(p.At, err)
}

// failedAt returns the same for an expression at a place of the mapping file.
func (c *computing) failedAt(at mappingfile.Position, err error) error {
	return fmt.Errorf("%s:%d:%d: %s", c.file, at.Line, at.Column, whatIsWrong(err))
}

// whatIsWrong returns what an error says of an expression, without the place in it.
func whatIsWrong(err error) string {
	of, ok := err.(*expression.Error)
	switch {
	case !ok:
		return err.Error()
	case of.Hint != "":
		return of.Text + " (" + of.Hint + ")"
	}
	return of.Text
}
