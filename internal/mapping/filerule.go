package mapping

import (
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/expression"
	"ph2cio/internal/mappingfile"
)

// fileRule is a rule of a mapping file.
type fileRule struct {
	line       int // in the file
	events     Globs
	when       *expression.Program // nil is always
	whenAt     mappingfile.Position
	whenNumber int  // of when, among the expressions of all rules
	late       bool // when looks at the person, who is known only in the second pass
	drop       bool
	action     customerio.Action // of send-as; empty changes nothing
	feeds      bool              // send-as person
	own        Globs             // of events: names of PostHog's own, which are sent though they are noise otherwise
	name       *fileValue        // nil changes nothing
	attributes []fileAttribute
	set, once  []personChange
	dates      []mappingfile.Path
	firstPath  int  // the number of the first of dates, among those of all rules
	usesPerson bool // name or an attribute looks at the person
}

// fileAttribute is an attribute that a rule gives to an event.
type fileAttribute struct {
	number int // of its name, among the names of all such attributes
	value  fileValue
}

// personChange is a property that a rule sets as $set or $set_once do.
type personChange struct {
	encoded []byte // the name, as JSON with its colon
	value   fileValue
}

// fileValue is a value in a mapping file.
type fileValue struct {
	literal  string // JSON; empty if it is a text
	template mappingfile.Template
	name     string // of the attribute; empty for the name of an event
	first    int    // the number of the template's first part, among the expressions of all rules
}

// uses calls note with what each expression looks at.
func (v *fileValue) uses(note func(expression.Uses)) {
	for _, part := range v.template.Parts {
		if part.Expression != nil {
			note(part.Expression.Uses())
		}
	}
}

// uses calls note with what each of the rule's expressions looks at. ofRow are those that are computed for
// each row that the rule may act on, whoever its person is.
func (r *fileRule) uses(note func(u expression.Uses, ofRow bool)) {
	if r.when != nil {
		note(r.when.Uses(), !r.late)
	}
	for _, changes := range [][]personChange{r.set, r.once} {
		for i := range changes {
			changes[i].value.uses(func(u expression.Uses) { note(u, true) })
		}
	}
	if r.name != nil {
		r.name.uses(func(u expression.Uses) { note(u, false) })
	}
	for i := range r.attributes {
		r.attributes[i].value.uses(func(u expression.Uses) { note(u, false) })
	}
}

// findPerson finds out whether the name or an attribute looks at the person.
func (r *fileRule) findPerson() {
	note := func(u expression.Uses) { r.usesPerson = r.usesPerson || u.Person }
	if r.name != nil {
		r.name.uses(note)
	}
	for i := range r.attributes {
		r.attributes[i].value.uses(note)
	}
}

// builds reports whether the rule says anything about the event, page or screen that is sent.
func (r *fileRule) builds() bool {
	return r.action != "" || r.name != nil || len(r.attributes)+len(r.dates) > 0
}

// changesPerson reports whether the rule sets properties of people.
func (r *fileRule) changesPerson() bool { return len(r.set)+len(r.once) > 0 }

// ruledName is what the rules of a mapping file do to events of one name.
type ruledName struct {
	rules   []int // those that may act, by their index
	changes bool  // some of them set properties of people
	noise   bool  // the event is noise unless a rule makes it an event, a page or a screen
}

// matching returns the rules that match an event's name.
func matching(all []fileRule, plain string) (found []int) {
	for i := range all {
		if all[i].events.Match(plain) {
			found = append(found, i)
		}
	}
	return found
}

// forPeople returns those rules that matter for events that are not sent: those that set properties of people,
// and before them those that end it. None are left if none sets properties.
func forPeople(all []fileRule, rules []int) (found []int) {
	last := 0
	for _, i := range rules {
		if all[i].changesPerson() || all[i].drop && !all[i].late {
			found = append(found, i)
		}
		if all[i].changesPerson() {
			last = len(found)
		}
	}
	return found[:last]
}

// always returns what becomes of events of a name for which rules act whatever the rest of the row is.
func always(all []fileRule, rules []int, o Outcome) Outcome {
	for _, i := range rules {
		rule := &all[i]
		switch {
		case rule.when != nil:
		case rule.drop:
			return skipped(ReasonByRule)
		case rule.feeds:
			o = Outcome{Bucket: FeedsPerson}
		case rule.action != "":
			o = Outcome{Action: rule.action}
		}
	}
	return o
}

// renamed returns the name that the last rule without a condition gives, as the file has it; empty for none.
func renamed(all []fileRule, rules []int) (name string) {
	for _, i := range rules {
		if rule := &all[i]; rule.name != nil && rule.when == nil {
			name = rule.name.template.Text
		}
	}
	return name
}

// sendsNoise reports whether one of the rules sends events of a name that are noise otherwise.
func sendsNoise(all []fileRule, rules []int, plain string) bool {
	return slices.ContainsFunc(rules, func(i int) bool { return all[i].own.Match(plain) })
}
