package sandbox

import (
	"strings"
	"time"
)

// identify creates or updates a person.
func (w *workspace) identify(o *operation, now time.Time) {
	// One without a timestamp is as new as the moment it applies: a late one wins over what came before it, which is the
	// risk of an API without order.
	at := o.timestamp.or(now)
	p := w.identified(o, now)
	if p == nil {
		return
	}
	if w.StalePerPerson && at.Before(p.edited) {
		w.skipped(o, now, "all of it")
		return
	}
	p = w.setIdentifiers(p, o, now)
	w.setAttributes(p, o, at, now)
	w.relate(p, o, now)
}

// identified finds or creates the person of an identify; nil when it does nothing.
func (w *workspace) identified(o *operation, now time.Time) *person {
	if p := w.find(o.who); p != nil {
		return p
	}
	switch {
	case o.updateOnly:
		w.counts.UpdateMisses++
		return nil
	case o.who.key == "cio_id":
		w.unknown(o, now)
		return nil
	}
	// A new id with an email that somebody without an id has: that person gets the id, and the other way round.
	for _, who := range w.attributeIdentifiers(o) {
		if p := w.find(who); p != nil && p.names[o.who.key] == "" {
			w.name(p, o.who)
			return p
		}
	}
	return w.create(o.who, now)
}

// attributeIdentifiers returns the good identifiers among the attributes of an identify.
func (w *workspace) attributeIdentifiers(o *operation) (all []identifier) {
	for _, a := range o.attributes {
		if key := a.name; (key == "id" || key == "email" || key == "phone") && w.identifies(key) {
			if text, ok := a.value.scalar(); ok && w.badIdentifier(key, text) == "" {
				all = append(all, identifier{key, text})
			}
		}
	}
	return all
}

// scalar returns a string's text or a number's digits.
func (v value) scalar() (string, bool) {
	switch v.kind() {
	case '"':
		return v.text(), true
	case '0':
		return string(v), true
	}
	return "", false
}

// setIdentifiers gives a person the identifiers among the attributes, as far as the rules let it. It returns the person
// that is left: an automatic merge may have folded this one into an older one.
func (w *workspace) setIdentifiers(p *person, o *operation, now time.Time) *person {
	for _, who := range w.attributeIdentifiers(o) {
		owner := w.find(who)
		switch {
		case owner == p:
		case owner != nil && w.mergeable(o, p, owner):
			p = w.autoMerge(p, owner, now)
		case owner != nil:
			w.unchanged(o, now, who.key+" belongs to somebody else")
		case p.names[who.key] != "" && !w.mayChange(o, who.key):
			w.unchanged(o, now, who.key+" is set already")
		default:
			w.name(p, who)
		}
	}
	return p
}

// mayChange reports whether an operation may replace an identifier that is set.
func (w *workspace) mayChange(o *operation, key string) bool {
	return o.who.key == "cio_id" || key == "email" && o.who.key == "id" && w.EmailUpdatesByID
}

// setAttributes stores what is not an identifier.
func (w *workspace) setAttributes(p *person, o *operation, at, now time.Time) {
	var stale []string
	for _, a := range o.attributes {
		switch {
		case a.name == "_update":
		case a.name == "cio_id", a.name == "_created_in_customerio_at":
			w.unchanged(o, now, a.name+" never changes")
		case (a.name == "id" || a.name == "email" || a.name == "phone") && w.identifies(a.name):
			w.checkIdentifier(p, a, o, now)
		case at.Before(p.attributes[a.name].set):
			stale = append(stale, a.name)
		default:
			w.setAttribute(p, a, o, at, now)
		}
	}
	if len(stale) > 0 {
		w.skipped(o, now, strings.Join(stale, ", "))
	}
	if at.After(p.edited) {
		p.edited = at
	}
}

// checkIdentifier notes an identifier among the attributes that setIdentifiers passed over. Null for one that is not set
// asks for nothing.
func (w *workspace) checkIdentifier(p *person, a attribute, o *operation, now time.Time) {
	text, ok := a.value.scalar()
	switch {
	case a.value.blank() && p.names[a.name] == "":
	case a.value.blank():
		w.unchanged(o, now, a.name+" cannot be removed")
	case !ok:
		w.unchanged(o, now, a.name+" must be a string or a number")
	case w.badIdentifier(a.name, text) != "":
		w.unchanged(o, now, a.name+" "+w.badIdentifier(a.name, text))
	}
}

func (w *workspace) setAttribute(p *person, a attribute, o *operation, at, now time.Time) {
	if _, ok := p.attributes[a.name]; !ok && len(p.attributes) >= w.Attributes {
		w.unchanged(o, now, a.name+" is one attribute too many")
		return
	}
	switch a.name {
	case "unsubscribed":
		p.optedOut = a.value.optsOut()
	case "anonymous_id":
		if text, ok := a.value.scalar(); ok && text != "" && !w.claim(p, text, now) {
			w.unchanged(o, now, "anonymous_id belongs to somebody else")
			return
		}
	}
	if a.value.blank() && !w.KeepNull {
		delete(p.attributes, a.name)
		return
	}
	p.attributes[a.name] = stored{string(a.value), at}
}

// optsOut reports whether a value of `unsubscribed` unsubscribes: true in any case, 1, "1".
func (v value) optsOut() bool {
	text, ok := v.scalar()
	return string(v) == "true" || ok && (text == "1" || strings.EqualFold(text, "true"))
}

func (w *workspace) skipped(o *operation, now time.Time, what string) {
	w.counts.SkippedUpdate++
	w.note(now, activitySkipped, o.subject(), what)
}

func (w *workspace) unchanged(o *operation, now time.Time, why string) {
	w.counts.FailedAttributeChange++
	w.note(now, activityUnchanged, o.subject(), why)
}
