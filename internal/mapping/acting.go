package mapping

import (
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// acting decides which rules of a mapping file act on a row. It belongs to one goroutine.
type acting struct {
	*computing
	rules []fileRule

	acted     []int  // the rules that match and whose conditions are true, by their index, whatever becomes of the row
	acts      []int  // the rules that act, by their index; with late ones that may, until they are decided
	decided   bool   // by decideLate
	set, once []byte // what they set as $set and $set_once do: "a":1,"b":2,
}

// reset forgets the row.
func (a *acting) reset() {
	a.acted = a.acted[:0]
	a.fail()
}

// fail makes no rule act on the row.
func (a *acting) fail() { a.acts, a.set, a.once, a.decided = a.acts[:0], a.set[:0], a.once[:0], false }

// verdict is what the rules that act say about a row. The zero value says nothing.
type verdict struct {
	dropped bool              // leave it out
	feeds   bool              // it only feeds its person
	action  customerio.Action // what to send; empty if they do not say
	unsure  bool              // rules that look at the person may say something else
}

// decide finds out which rules of a name act on a row, as far as the row alone tells. With feeds it also
// computes what they set. at is the time to send the row with, if it is known. An error says which expression
// has no value for the row.
func (a *acting) decide(e *posthog.Event, name *ruledName, at posthog.Time, feeds bool) (verdict, error) {
	a.reset()
	a.begin(e, at)
	for _, i := range name.rules {
		rule := &a.rules[i]
		if !rule.late && rule.when != nil {
			acts, err := a.condition(i)
			if err != nil {
				return verdict{}, err
			}
			if !acts {
				continue
			}
		}
		a.acts = append(a.acts, i)
		if rule.late {
			a.tally.awaited[i]++
		} else {
			a.match(i)
		}
		if rule.drop && !rule.late {
			break
		}
		if feeds && rule.changesPerson() {
			if err := a.change(rule); err != nil {
				a.fail()
				return verdict{}, err
			}
		}
	}
	return a.verdict(), nil
}

// condition computes the condition of a rule. After an error no rule acts.
func (a *acting) condition(i int) (acts bool, err error) {
	rule := &a.rules[i]
	acts, err = a.eval.Bool(rule.when, &a.row)
	switch {
	case err != nil:
		a.tally.failed[i]++
		a.fail()
		return false, a.failedAt(rule.whenAt, err)
	case acts:
		a.tally.value(rule.whenNumber)
	default:
		a.tally.none(rule.whenNumber, &a.row)
	}
	return acts, nil
}

// match notes that a rule matches the row and that its condition is true.
func (a *acting) match(i int) {
	a.tally.matched[i]++
	a.acted = append(a.acted, i)
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
func (a *acting) decideLate(person *people.Person) (verdict, error) {
	a.of(person)
	kept := a.acts[:0]
	for _, i := range a.acts {
		rule := &a.rules[i]
		if rule.late {
			acts, err := a.condition(i)
			if err != nil {
				return verdict{}, err
			}
			if !acts {
				continue
			}
			a.match(i)
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

// json computes a value, as computing does that of a template.
func (a *acting) json(v *fileValue) (value []byte, ok bool, err error) {
	if v.literal != "" {
		a.made = append(a.made[:0], v.literal...)
		return a.made, true, nil
	}
	a.first = v.first
	value, ok, err = a.computing.json(&v.template)
	a.first = uncounted
	return value, ok, err
}

// plain computes a value as plain text, as computing does that of a template.
func (a *acting) plain(v *fileValue) (text computedText, err error) {
	a.first = v.first
	text, err = a.computing.plain(&v.template)
	a.first = uncounted
	return text, err
}

// lateOf appends those of acted that look at the person.
func (a *acting) lateOf(dst []int) []int {
	for _, i := range a.acted {
		if a.rules[i].late {
			dst = append(dst, i)
		}
	}
	return dst
}

// built counts the row, of which an operation was built, for the rules that act on it.
func (a *acting) built() {
	for _, i := range a.acts {
		a.tally.built[i]++
	}
}

// unnamed counts the row, which is a page or screen without a name, for the rule that makes it one.
func (a *acting) unnamed() {
	for _, i := range slices.Backward(a.acts) {
		if a.rules[i].action != "" {
			a.tally.unnamed[i]++
			return
		}
	}
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
