package workspace

import "ph2cio/internal/sandbox/trackapi"

// applyToObject applies an operation on an object: to the object itself, and to its relationships.
func applyToObject(c change) {
	target := c.objects[c.op.Object]
	switch c.op.Action {
	case "identify", "identify_anonymous":
		// A cio_object_id only ever updates.
		if target == nil && c.op.Object.CioID == "" {
			target = c.createObject(c.op.Object)
		}
		if target != nil {
			setFlat(target.attributes, c.op.Attributes)
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
	if c.op.AnonymousID != "" {
		relateVisitor(c, c.op.AnonymousID, target, nil)
	}
	for _, r := range c.op.Relationships {
		if r.Who.Key == "anonymous_id" {
			relateVisitor(c, r.Who.Value, target, r.Attributes)
			continue
		}
		p := c.find(r.Who)
		if p == nil && c.RelationshipStubs {
			p = c.findOrCreate(r.Who, c.now)
		}
		relatePair(c, p, target, r)
	}
}

// relate adds or deletes the relationships that a person's operation names.
func relate(c change, p *person) {
	for _, r := range c.op.Relationships {
		target := c.objects[r.Object]
		if target == nil && c.RelationshipStubs && r.Object.CioID == "" {
			target = c.createObject(r.Object)
		}
		relatePair(c, p, target, r)
	}
}

// relatePair adds or deletes one relationship. Without either side it is ignored.
func relatePair(c change, p *person, target *object, r trackapi.Relationship) {
	switch {
	case p == nil || target == nil:
		c.counts.IgnoredRelationships++
		c.note(activityUnknown, "a relationship names nobody or nothing")
	case c.op.Action == "delete_relationships":
		delete(p.relations, target)
	default:
		if p.relations[target] == nil {
			p.relations[target] = map[string]string{}
		}
		setFlat(p.relations[target], r.Attributes)
	}
}

// relateVisitor ties an anonymous visitor, or who has claimed the anonymous_id, to an object.
func relateVisitor(c change, anonymousID string, target *object, attributes []trackapi.Attribute) {
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
