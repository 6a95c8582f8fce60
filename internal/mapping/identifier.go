package mapping

import (
	"fmt"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
)

// identifierRules are --identifier-key and --identifier-value.
type identifierRules struct {
	key   customerio.Key
	value template // without parts if each person has their own identifier
}

// hasTemplate reports whether a template makes the identifiers.
func (r *identifierRules) hasTemplate() bool { return len(r.value.Parts) > 0 }

// of returns the identifier under which a person is sent, of whom values knows. The outcome is Rejected if there is none.
func (r *identifierRules) of(p *people.Person, values *computing) (customerio.Identifier, Outcome) {
	who := customerio.Identifier{Key: customerio.Key(p.By.String()), Value: p.Value}
	if r.hasTemplate() && !p.SentBefore() {
		who.Key = r.key
		var outcome Outcome
		if who.Value, outcome = r.fillIn(p, values); outcome.Bucket == Rejected {
			return who, outcome
		}
	}
	switch {
	case strings.TrimSpace(who.Value) == "":
		return who, rejected(ReasonNoIdentifier,
			fmt.Sprintf("the person %q has no %s to be sent under", ShortID(p.DistinctID), who.Key))
	case len(who.Value) > customerio.MaxID:
		return who, tooLong(who)
	}
	return who, Outcome{}
}

// tooLong is the outcome for an identifier that is too long.
func tooLong(who customerio.Identifier) Outcome {
	return rejected(ReasonIDTooLong, fmt.Sprintf("the %s is %d bytes long, and %d fit: %.40q...",
		who.Key, len(who.Value), customerio.MaxID, who.Value))
}

// fillIn fills in the template of --identifier-value. All its placeholders must have a value. Otherwise
// "crm-{person.properties.crm_id}" would make one person of all who have no crm_id.
func (r *identifierRules) fillIn(p *people.Person, values *computing) (string, Outcome) {
	t := &r.value
	if t.isDistinctID() {
		return p.DistinctID, Outcome{}
	}
	if t.Alone() != nil {
		value, ok, err := values.json(&t.Template)
		if err == nil && ok && (value[0] == '{' || value[0] == '[') {
			return "", rejected(ReasonNoIdentifier, fmt.Sprintf("{%s} is not a single value: %.40s...", t.Parts[0].Text, value))
		}
	}
	text, err := values.plain(&t.Template)
	switch {
	case err != nil:
		return "", rejected(ReasonExpression, "--identifier-value: "+err.Error())
	case !text.whole:
		return "", Outcome{}
	}
	return string(text.plain), Outcome{}
}
