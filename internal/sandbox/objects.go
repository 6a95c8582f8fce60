package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// object is something that is not a person, such as a company.
type object struct {
	serial     int
	cioID      string
	ref        objectRef // type and ID
	attributes map[string]string
}

func (w *workspace) objectAction(o *operation, now time.Time) {
	target := w.objects[o.object]
	switch o.action {
	case "identify", "identify_anonymous":
		// A cio_object_id only ever updates.
		if target == nil && o.object.cioID == "" {
			target = w.createObject(o.object)
		}
		if target != nil {
			setFlat(target.attributes, o.attributes)
		}
	case "delete":
		if target != nil {
			w.removeObject(target)
			return
		}
	}
	if target == nil {
		w.unknown(o, now)
		return
	}
	if o.anonymousID != "" {
		w.relateVisitor(o.anonymousID, target, nil)
	}
	for _, r := range o.relations {
		if r.who.key == "anonymous_id" {
			w.relateVisitor(r.who.value, target, r.attributes)
			continue
		}
		p := w.find(r.who)
		if p == nil && w.RelationshipStubs {
			p = w.findOrCreate(r.who, now)
		}
		w.relatePair(p, target, r, o, now)
	}
}

func (w *workspace) createObject(ref objectRef) *object {
	w.serial++
	o := &object{serial: w.serial, cioID: fmt.Sprintf("ob%06x", w.serial), ref: ref, attributes: map[string]string{}}
	w.objects[ref] = o
	w.objects[objectRef{cioID: o.cioID}] = o
	w.counts.ObjectsCreated++
	w.counts.Objects++
	return o
}

func (w *workspace) removeObject(o *object) {
	delete(w.objects, o.ref)
	delete(w.objects, objectRef{cioID: o.cioID})
	w.counts.Objects--
	for _, p := range w.people {
		delete(p.relations, o)
	}
}

// relate adds or deletes the relationships that a person's operation names.
func (w *workspace) relate(p *person, o *operation, now time.Time) {
	for _, r := range o.relations {
		target := w.objects[r.object]
		if target == nil && w.RelationshipStubs && r.object.cioID == "" {
			target = w.createObject(r.object)
		}
		w.relatePair(p, target, r, o, now)
	}
}

func (w *workspace) relatePair(p *person, target *object, r relation, o *operation, now time.Time) {
	switch {
	case p == nil || target == nil:
		w.counts.IgnoredRelationships++
		w.note(now, activityUnknown, o.subject(), "a relationship names nobody or nothing")
	case o.action == "delete_relationships":
		delete(p.relations, target)
	default:
		if p.relations[target] == nil {
			p.relations[target] = map[string]string{}
		}
		setFlat(p.relations[target], r.attributes)
	}
}

// relateVisitor ties an anonymous visitor, or who has claimed the anonymous_id, to an object.
func (w *workspace) relateVisitor(anonymousID string, target *object, attributes []attribute) {
	v := w.visitor(anonymousID)
	relations := v.relations
	if v.claimant != nil {
		relations = v.claimant.survivor().relations
	}
	if relations[target] == nil {
		relations[target] = map[string]string{}
	}
	setFlat(relations[target], attributes)
}

// setFlat sets attributes of an object or a relationship; null and "" remove one.
func setFlat(into map[string]string, attributes []attribute) {
	for _, a := range attributes {
		if a.value.blank() {
			delete(into, a.name)
		} else {
			into[a.name] = string(a.value)
		}
	}
}

// everything returns the objects in order of their creation.
func (w *workspace) everything() []*object {
	var all []*object
	for key, o := range w.objects {
		if key.cioID != "" {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b *object) int { return cmp.Compare(a.serial, b.serial) })
	return all
}
