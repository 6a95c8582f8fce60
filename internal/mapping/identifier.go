package mapping

import (
	"fmt"
	"strings"

	"ph2cio/internal/customerio"
)

// identifier returns what the person of a scene is called by. The outcome is Rejected when that cannot be.
func (m *Mapper) identifier(s *scene) (customerio.Identifier, Outcome) {
	who := customerio.Identifier{Key: customerio.Key(s.person.By.String()), Value: s.person.Value}
	if len(m.rules.identifier.parts) > 0 && !s.person.SentBefore() {
		who.Key = m.rules.identifierKey
		var outcome Outcome
		if who.Value, outcome = m.identifierValue(s); outcome.Bucket == Rejected {
			return who, outcome
		}
	}
	switch {
	case strings.TrimSpace(who.Value) == "":
		return who, rejected(ReasonNoIdentifier,
			fmt.Sprintf("the person %q has no %s to be sent under", ShortID(s.person.DistinctID), who.Key))
	case len(who.Value) > customerio.MaxID:
		return who, tooLong(who)
	}
	return who, Outcome{}
}

// tooLong is the outcome of what has an identifier that does not fit.
func tooLong(who customerio.Identifier) Outcome {
	return rejected(ReasonIDTooLong, fmt.Sprintf("the %s is %d bytes long, and %d fit: %.40q...",
		who.Key, len(who.Value), customerio.MaxID, who.Value))
}

// identifierValue fills in the template of --identifier-value. All its placeholders must have a value: what is left of
// "crm-{person.properties.crm_id}" without one would be the same for all who have none, and make them one person.
func (m *Mapper) identifierValue(s *scene) (string, Outcome) {
	t := &m.rules.identifier
	if t.alone() && t.parts[0].field == fieldDistinctID {
		return s.person.DistinctID, Outcome{}
	}
	if t.alone() {
		value, ok := m.appendField(m.made[:0], &t.parts[0], s)
		if m.made = value; ok && (value[0] == '{' || value[0] == '[') {
			return "", rejected(ReasonNoIdentifier, fmt.Sprintf("%s is not a single value: %.40s...", t.parts[0].literal, value))
		}
	}
	var whole bool
	if m.text, whole = m.renderText(m.text[:0], t, s); !whole {
		return "", Outcome{}
	}
	return string(m.text), Outcome{}
}
