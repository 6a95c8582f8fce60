package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/expression"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// fileRules are the rules of a mapping file, and what all of them together need.
type fileRules struct {
	file        string // its name
	rules       []fileRule
	drops       bool // some leave rows out
	readsValues bool // what becomes of rows in the first pass depends on their properties

	expressions []ruledExpression // by their numbers
	paths       []ruledPath       // by their numbers
}

// newActing returns what decides which rules act on rows, with what computes their expressions. Both belong to
// one goroutine.
func (f *fileRules) newActing(values *computing) *acting {
	values.tally = f.newTally()
	return &acting{computing: values, rules: f.rules}
}

// DecidesByProperties reports whether rules or test-accounts of the mapping file decide by the properties of
// rows, before people are known. The types of cells must be right then.
func (r *Rules) DecidesByProperties() bool { return r.file.readsValues || len(r.accounts.events) > 0 }

// applyRules applies the rules of the mapping file to what was decided about a row.
func (r *Rules) applyRules(c *class, e *posthog.Event, a *acting) {
	ruled := c.name.ruled
	feeds := ruled.changes && !e.Personless
	untimed := c.name.outcome.Bucket == Send && c.Bucket == Rejected
	sends := c.Bucket == Send || c.Reason == ReasonRecent
	if !sends && !untimed && !feeds {
		return
	}
	at := c.at
	if c.name.outcome.Bucket != Send {
		if t, bad := r.span.when(e); bad.Bucket != Rejected {
			at = t
		}
	}
	v, err := a.decide(e, ruled, at, feeds)
	switch {
	case err != nil && !untimed:
		c.Outcome = rejected(ReasonExpression, err.Error())
	case err == nil && (sends || untimed):
		c.obey(v)
	}
}

// obey makes the outcome what the rules say.
func (c *class) obey(v verdict) {
	switch {
	case v.dropped:
		c.Outcome = skipped(ReasonByRule)
	case c.name.ruled.noise && v.action == "" && !v.unsure:
		c.Outcome = skipped(ReasonNoise)
	case v.feeds && !v.unsure:
		c.Outcome = Outcome{Bucket: FeedsPerson}
	case c.Bucket == Send:
		if c.Action = c.name.outcome.Action; v.action != "" {
			c.Action = v.action
		}
	}
}

// setRules checks the rules of the mapping file. An error names the place in the file.
func (r *Rules) setRules(o Options) error {
	if o.File == nil {
		return nil
	}
	r.file.file = o.File.Name
	r.persons.ruled = map[string]bool{}
	var errs []error
	for i := range o.File.Rules {
		rule, err := r.newFileRule(&o.File.Rules[i])
		errs = append(errs, err)
		r.file.rules = append(r.file.rules, rule)
	}
	for i := range r.file.rules {
		rule := &r.file.rules[i]
		r.file.drops = r.file.drops || rule.drop
		rule.uses(r.noteUses)
	}
	r.file.numberExpressions()
	r.names.file = r.file.rules
	return errors.Join(errs...)
}

// noteUses notes what an expression looks at.
func (r *Rules) noteUses(u expression.Uses, ofRow bool) {
	r.templates.note(u)
	r.file.readsValues = r.file.readsValues || ofRow && (u.AllProperties || len(u.Properties) > 0)
}

// newFileRule checks one rule.
func (r *Rules) newFileRule(from *mappingfile.Rule) (rule fileRule, err error) {
	rule = fileRule{
		line:   from.At.Line,
		events: from.Events, when: from.When, whenAt: from.WhenAt, late: from.When != nil && from.When.Uses().Person,
		drop: from.Drop, dates: from.Dates,
	}
	switch from.SendAs {
	case "person":
		rule.feeds = true
	case "":
	default:
		rule.action = customerio.Action(from.SendAs)
		for _, one := range from.Events {
			if strings.HasPrefix(one, "$") {
				rule.own = append(rule.own, one)
			}
		}
	}
	if from.Name != nil {
		rule.name = &fileValue{template: *from.Name}
	}
	var errs [3]error
	rule.attributes, errs[0] = r.newFileAttributes(from.Attributes)
	rule.set, errs[1] = r.newPersonChanges(from.Person)
	rule.once, errs[2] = r.newPersonChanges(from.PersonOnce)
	rule.findPerson()
	return rule, errors.Join(errs[:]...)
}

// newFileAttributes checks the attributes of a rule.
func (r *Rules) newFileAttributes(from []mappingfile.Attribute) (all []fileAttribute, err error) {
	var errs []error
	for i := range from {
		number, k := r.events.ruleName(from[i].Name)
		if err := r.checkName(&from[i], k); err != nil {
			errs = append(errs, err)
			continue
		}
		if slices.ContainsFunc(all, func(other fileAttribute) bool { return other.number == number }) {
			errs = append(errs, r.fileError(from[i].At, "the rule sets %s twice", k.out))
		}
		all = append(all, fileAttribute{number, newFileValue(&from[i])})
	}
	return all, errors.Join(errs...)
}

// newPersonChanges checks the properties of people that a rule sets.
func (r *Rules) newPersonChanges(from []mappingfile.Attribute) (all []personChange, err error) {
	var errs []error
	for i := range from {
		one := &from[i]
		k := r.persons.attribute(one.Name)
		errs = append(errs, r.checkName(one, k))
		r.persons.ruled[k.plain] = true
		all = append(all, personChange{
			encoded: append(rawjson.AppendString(nil, one.Name), ':'), value: newFileValue(one),
		})
	}
	return all, errors.Join(errs...)
}

func newFileValue(from *mappingfile.Attribute) fileValue {
	return fileValue{literal: from.Value.Literal, template: from.Value.Template, name: from.Name}
}

// checkName returns an error for an attribute whose name cannot be sent.
func (r *Rules) checkName(a *mappingfile.Attribute, k *key) error {
	if text := k.refusal(a.Name, "allow-reserved: [%s] to the settings"); text != "" {
		return r.fileError(a.At, "%s", text)
	}
	return nil
}

// fileError returns an error at a place of the mapping file.
func (r *Rules) fileError(at mappingfile.Position, format string, values ...any) error {
	return &mappingfile.Error{File: r.file.file, Line: at.Line, Column: at.Column, Text: fmt.Sprintf(format, values...)}
}
