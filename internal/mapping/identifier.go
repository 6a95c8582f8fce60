package mapping

import (
	"fmt"
	"strings"

	"ph2cio/internal/customerio"
)

// identifierRules are --identifier-key and --identifier-value.
type identifierRules struct {
	key   customerio.Key
	value template // without parts if each person has their own identifier
}

// of returns the identifier under which a person is sent. The outcome is Rejected if there is none.
func (r *identifierRules) of(v *templateValues, templates *renderer) (customerio.Identifier, Outcome) {
	who := customerio.Identifier{Key: customerio.Key(v.person.By.String()), Value: v.person.Value}
	if len(r.value.parts) > 0 && !v.person.SentBefore() {
		who.Key = r.key
		var outcome Outcome
		if who.Value, outcome = r.fillIn(v, templates); outcome.Bucket == Rejected {
			return who, outcome
		}
	}
	switch {
	case strings.TrimSpace(who.Value) == "":
		return who, rejected(ReasonNoIdentifier,
			fmt.Sprintf("the person %q has no %s to be sent under", ShortID(v.person.DistinctID), who.Key))
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
func (r *identifierRules) fillIn(v *templateValues, templates *renderer) (string, Outcome) {
	t := &r.value
	if t.alone() && t.parts[0].field == fieldDistinctID {
		return v.person.DistinctID, Outcome{}
	}
	if t.alone() {
		value, ok := templates.json(t, v)
		if ok && (value[0] == '{' || value[0] == '[') {
			return "", rejected(ReasonNoIdentifier, fmt.Sprintf("%s is not a single value: %.40s...", t.parts[0].literal, value))
		}
	}
	text, whole := templates.plain(t, v)
	if !whole {
		return "", Outcome{}
	}
	return string(text), Outcome{}
}
