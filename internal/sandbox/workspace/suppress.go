package workspace

import "ph2cio/internal/sandbox/trackapi"

// suppressions finds, by each folded identifier that is blocked, all that were blocked with it.
type suppressions map[trackapi.Identifier]*suppression

// suppression blocks identifiers that belonged to one person.
type suppression struct{ blocked []trackapi.Identifier }

// suppress deletes a person and blocks all their identifiers, or only the one named if no person has it.
func suppress(c change) {
	s := &suppression{blocked: []trackapi.Identifier{c.op.Who.Folded()}}
	if p := c.find(c.op.Who); p != nil {
		for key, value := range p.names {
			s.blocked = append(s.blocked, trackapi.Identifier{Key: key, Value: value}.Folded())
		}
		c.remove(p)
	}
	for _, blocked := range s.blocked {
		c.suppressed[blocked] = s
	}
}

func unsuppress(c change) {
	if s := c.suppressed[c.op.Who.Folded()]; s != nil {
		for _, blocked := range s.blocked {
			delete(c.suppressed, blocked)
		}
	}
}

// isSuppressed reports whether the operation names a suppressed identifier, and is thus ignored.
func isSuppressed(c change) bool {
	if len(c.suppressed) == 0 || c.op.Action == "suppress" || c.op.Action == "unsuppress" {
		return false
	}
	for _, who := range append(c.op.AttributeIdentifiers(c.Rules), c.op.Who, c.op.Primary, c.op.Secondary) {
		if c.suppressed[who.Folded()] != nil {
			return true
		}
	}
	return false
}
