package sandbox

// applyToObject applies an operation on an object: to the object itself, and to its relationships.
func applyToObject(c change) {
	target := c.objects[c.op.object]
	switch c.op.action {
	case "identify", "identify_anonymous":
		// A cio_object_id only ever updates.
		if target == nil && c.op.object.cioID == "" {
			target = c.createObject(c.op.object)
		}
		if target != nil {
			setFlat(target.attributes, c.op.attributes)
		}
	case "delete":
		if target != nil {
			c.removeObject(target)
			return
		}
	}
	if target == nil {
		c.unknown()
		return
	}
	if c.op.anonymousID != "" {
		relateVisitor(c, c.op.anonymousID, target, nil)
	}
	for _, r := range c.op.relations {
		if r.who.key == "anonymous_id" {
			relateVisitor(c, r.who.value, target, r.attributes)
			continue
		}
		p := c.find(r.who)
		if p == nil && c.RelationshipStubs {
			p = c.findOrCreate(r.who, c.now)
		}
		relatePair(c, p, target, r)
	}
}

// relate adds or deletes the relationships that a person's operation names.
func relate(c change, p *person) {
	for _, r := range c.op.relations {
		target := c.objects[r.object]
		if target == nil && c.RelationshipStubs && r.object.cioID == "" {
			target = c.createObject(r.object)
		}
		relatePair(c, p, target, r)
	}
}

// relatePair adds or deletes one relationship. Without either side it is ignored.
func relatePair(c change, p *person, target *object, r relation) {
	switch {
	case p == nil || target == nil:
		c.counts.IgnoredRelationships++
		c.note(activityUnknown, "a relationship names nobody or nothing")
	case c.op.action == "delete_relationships":
		delete(p.relations, target)
	default:
		if p.relations[target] == nil {
			p.relations[target] = map[string]string{}
		}
		setFlat(p.relations[target], r.attributes)
	}
}

// relateVisitor ties an anonymous visitor, or who has claimed the anonymous_id, to an object.
func relateVisitor(c change, anonymousID string, target *object, attributes []attribute) {
	v := c.anonymous.visitor(anonymousID)
	relations := v.relations
	if v.claimant != nil {
		relations = v.claimant.survivor().relations
	}
	if relations[target] == nil {
		relations[target] = map[string]string{}
	}
	setFlat(relations[target], attributes)
}
