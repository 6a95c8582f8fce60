package workspace

import (
	"strings"
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// applyIdentify creates or updates a person.
func applyIdentify(c change) {
	// Without a timestamp the moment of applying counts. As operations may apply in another order, an older
	// one can overwrite a newer one.
	at := c.op.Timestamp.Or(c.now)
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
	who := c.op.Who
	if p := c.find(who); p != nil {
		return p
	}
	switch {
	case c.op.UpdateOnly:
		c.counts.UpdateMisses++
		return nil
	case who.Key == "cio_id":
		c.unknown()
		return nil
	}
	// A new id with an email that somebody without an id has: that person gets the id, and the other way
	// round.
	for _, other := range c.op.AttributeIdentifiers(c.Rules) {
		if p := c.find(other); p != nil && p.names[who.Key] == "" {
			c.name(p, who)
			return p
		}
	}
	return c.create(who, c.now)
}

// setIdentifiers gives a person the identifiers among the attributes, as far as the rules let it. It returns
// the person that is left: an automatic merge may have merged this one into an older one.
func setIdentifiers(c change, p *person) *person {
	for _, who := range c.op.AttributeIdentifiers(c.Rules) {
		owner := c.find(who)
		switch {
		case owner == p:
		case owner != nil && mergeable(c, p, owner):
			p = autoMerge(c, p, owner)
		case owner != nil:
			unchanged(c, who.Key+" belongs to somebody else")
		case p.names[who.Key] != "" && !mayChange(c, who.Key):
			unchanged(c, who.Key+" is set already")
		default:
			c.name(p, who)
		}
	}
	return p
}

// mayChange reports whether the operation may replace an identifier that is set.
func mayChange(c change, key string) bool {
	by := c.op.Who.Key
	return by == "cio_id" || key == "email" && by == "id" && c.EmailUpdatesByID
}

// setAttributes stores what is not an identifier.
func setAttributes(c change, p *person, at time.Time) {
	var stale []string
	for _, a := range c.op.Attributes {
		switch {
		case a.Name == "_update":
		case a.Name == "cio_id", a.Name == "_created_in_customerio_at":
			unchanged(c, a.Name+" never changes")
		case (a.Name == "id" || a.Name == "email" || a.Name == "phone") && c.Identifies(a.Name):
			checkIdentifier(c, p, a)
		case at.Before(p.attributes[a.Name].set):
			stale = append(stale, a.Name)
		default:
			setAttribute(c, p, a, at)
		}
	}
	if len(stale) > 0 {
		skipped(c, strings.Join(stale, ", "))
	}
	p.editedAt(at)
}

// checkIdentifier notes an identifier among the attributes that setIdentifiers passed over. Null for one that
// is not set changes nothing.
func checkIdentifier(c change, p *person, a trackapi.Attribute) {
	text, ok := a.Value.Scalar()
	switch {
	case a.Value.Blank() && p.names[a.Name] == "":
	case a.Value.Blank() && a.Name != "id" && mayChange(c, a.Name):
		c.unname(p, a.Name)
	case a.Value.Blank():
		unchanged(c, a.Name+" cannot be removed")
	case !ok:
		unchanged(c, a.Name+" must be a string or a number")
	case c.BadIdentifier(a.Name, text) != "":
		unchanged(c, a.Name+" "+c.BadIdentifier(a.Name, text))
	}
}

func setAttribute(c change, p *person, a trackapi.Attribute, at time.Time) {
	if _, ok := p.attributes[a.Name]; !ok && len(p.attributes) >= c.Attributes {
		unchanged(c, a.Name+" is one attribute too many")
		return
	}
	switch a.Name {
	case "unsubscribed":
		p.optOut(a.Value)
	case "anonymous_id":
		if text, ok := a.Value.Scalar(); ok && text != "" && !claim(c, p, text) {
			unchanged(c, "anonymous_id belongs to somebody else")
			return
		}
	}
	if a.Value.Blank() && !c.KeepNull {
		delete(p.attributes, a.Name)
		return
	}
	p.attributes[a.Name] = stored{string(a.Value), at}
}

func skipped(c change, what string) {
	c.counts.SkippedUpdate++
	c.note(activitySkipped, what)
}

func unchanged(c change, why string) {
	c.counts.FailedAttributeChange++
	c.note(activityUnchanged, why)
}
