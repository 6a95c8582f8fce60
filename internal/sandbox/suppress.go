package sandbox

// suppressions finds, by each folded identifier that is blocked, all that were blocked with it.
type suppressions map[identifier]*suppression

// suppression blocks identifiers that belonged to one person.
type suppression struct{ blocked []identifier }

// suppress deletes a person and blocks all their identifiers, or the one named when nobody is known by it.
func suppress(c change) {
	s := &suppression{blocked: []identifier{c.op.who.folded()}}
	if p := c.find(c.op.who); p != nil {
		for key, value := range p.names {
			s.blocked = append(s.blocked, identifier{key: key, value: value}.folded())
		}
		c.remove(p)
	}
	for _, blocked := range s.blocked {
		c.suppressed[blocked] = s
	}
}

func unsuppress(c change) {
	if s := c.suppressed[c.op.who.folded()]; s != nil {
		for _, blocked := range s.blocked {
			delete(c.suppressed, blocked)
		}
	}
}

// isSuppressed reports whether the operation names a suppressed identifier, and is thus ignored.
func isSuppressed(c change) bool {
	if len(c.suppressed) == 0 || c.op.action == "suppress" || c.op.action == "unsuppress" {
		return false
	}
	for _, who := range append(c.op.attributeIdentifiers(c.rules), c.op.who, c.op.primary, c.op.secondary) {
		if c.suppressed[who.folded()] != nil {
			return true
		}
	}
	return false
}
