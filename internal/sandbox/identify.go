package sandbox

import (
	"strings"
	"time"
)

// applyIdentify creates or updates a person.
func applyIdentify(c change) {
	// One without a timestamp is as new as the moment it applies: a late one wins over what came before it, which is the
	// risk of an API without order.
	at := c.op.timestamp.or(c.now)
	p := identified(c)
	if p == nil {
		return
	}
	if c.StalePerPerson && at.Before(p.edited) {
		skipped(c, "all of it")
		return
	}
	p = setIdentifiers(c, p)
	setAttributes(c, p, at)
	relate(c, p)
}

// identified finds or creates the person of an identify; nil when it does nothing.
func identified(c change) *person {
	who := c.op.who
	if p := c.find(who); p != nil {
		return p
	}
	switch {
	case c.op.updateOnly:
		c.counts.UpdateMisses++
		return nil
	case who.key == "cio_id":
		c.unknown()
		return nil
	}
	// A new id with an email that somebody without an id has: that person gets the id, and the other way round.
	for _, other := range c.op.attributeIdentifiers(c.rules) {
		if p := c.find(other); p != nil && p.names[who.key] == "" {
			c.name(p, who)
			return p
		}
	}
	return c.create(who, c.now)
}

// setIdentifiers gives a person the identifiers among the attributes, as far as the rules let it. It returns the person
// that is left: an automatic merge may have merged this one into an older one.
func setIdentifiers(c change, p *person) *person {
	for _, who := range c.op.attributeIdentifiers(c.rules) {
		owner := c.find(who)
		switch {
		case owner == p:
		case owner != nil && mergeable(c, p, owner):
			p = autoMerge(c, p, owner)
		case owner != nil:
			unchanged(c, who.key+" belongs to somebody else")
		case p.names[who.key] != "" && !mayChange(c, who.key):
			unchanged(c, who.key+" is set already")
		default:
			c.name(p, who)
		}
	}
	return p
}

// mayChange reports whether the operation may replace an identifier that is set.
func mayChange(c change, key string) bool {
	by := c.op.who.key
	return by == "cio_id" || key == "email" && by == "id" && c.EmailUpdatesByID
}

// setAttributes stores what is not an identifier.
func setAttributes(c change, p *person, at time.Time) {
	var stale []string
	for _, a := range c.op.attributes {
		switch {
		case a.name == "_update":
		case a.name == "cio_id", a.name == "_created_in_customerio_at":
			unchanged(c, a.name+" never changes")
		case (a.name == "id" || a.name == "email" || a.name == "phone") && c.identifies(a.name):
			checkIdentifier(c, p, a)
		case at.Before(p.attributes[a.name].set):
			stale = append(stale, a.name)
		default:
			setAttribute(c, p, a, at)
		}
	}
	if len(stale) > 0 {
		skipped(c, strings.Join(stale, ", "))
	}
	if at.After(p.edited) {
		p.edited = at
	}
}

// checkIdentifier notes an identifier among the attributes that setIdentifiers passed over. Null for one that is not set
// asks for nothing.
func checkIdentifier(c change, p *person, a attribute) {
	text, ok := a.value.scalar()
	switch {
	case a.value.blank() && p.names[a.name] == "":
	case a.value.blank():
		unchanged(c, a.name+" cannot be removed")
	case !ok:
		unchanged(c, a.name+" must be a string or a number")
	case c.badIdentifier(a.name, text) != "":
		unchanged(c, a.name+" "+c.badIdentifier(a.name, text))
	}
}

func setAttribute(c change, p *person, a attribute, at time.Time) {
	if _, ok := p.attributes[a.name]; !ok && len(p.attributes) >= c.Attributes {
		unchanged(c, a.name+" is one attribute too many")
		return
	}
	switch a.name {
	case "unsubscribed":
		p.optedOut = a.value.optsOut()
	case "anonymous_id":
		if text, ok := a.value.scalar(); ok && text != "" && !claim(c, p, text) {
			unchanged(c, "anonymous_id belongs to somebody else")
			return
		}
	}
	if a.value.blank() && !c.KeepNull {
		delete(p.attributes, a.name)
		return
	}
	p.attributes[a.name] = stored{string(a.value), at}
}

func skipped(c change, what string) {
	c.counts.SkippedUpdate++
	c.note(activitySkipped, what)
}

func unchanged(c change, why string) {
	c.counts.FailedAttributeChange++
	c.note(activityUnchanged, why)
}
