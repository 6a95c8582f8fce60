package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// workspace is what the account holds. The sandbox's lock guards it.
type workspace struct {
	*rules
	counts Counts

	people  map[identifier]*person // by every folded identifier they have, cio_id among them
	serial  int                    // of the newest profile
	objects map[objectRef]*object  // by type and ID, and by cio_object_id

	events     ring[*event]
	ids        sightings
	anonymous  map[string]*visitor // by anonymous_id
	suppressed map[identifier]*suppression
	activities ring[Activity]

	waiting waiting
	noDedup bool // by a fault
}

func newWorkspace(r *rules) *workspace {
	return &workspace{
		rules:      r,
		counts:     newCounts(),
		people:     map[identifier]*person{},
		objects:    map[objectRef]*object{},
		events:     ring[*event]{max: r.KeptEvents},
		ids:        sightings{max: r.KeptIDs, seen: map[string]sighting{}},
		anonymous:  map[string]*visitor{},
		suppressed: map[identifier]*suppression{},
		activities: ring[Activity]{max: r.KeptActivities},
	}
}

// full reports whether no more profiles fit into memory.
func (w *workspace) full() bool { return w.counts.People+w.counts.Objects >= int64(w.Profiles) }

// refusedByState refuses what only the workspace's state shows to be wrong.
func (w *workspace) refusedByState(o *operation) []fault {
	if !w.RefuseMissingSecondary || o.action != "merge" || w.find(o.secondary) != nil {
		return nil
	}
	return []fault{{Reason: invalid, Field: "secondary", Message: "person does not exist"}}
}

// accept takes in a good operation: now, or at a later moment if the faults say so.
func (w *workspace) accept(o *operation, now time.Time, in *injector) {
	w.countAccepted(o, now)
	if delay := time.Duration(in.Apply.Delay); delay > 0 {
		w.waiting.add(*o, now.Add(delay/2+time.Duration(in.random.Int64N(int64(delay/2)+1))))
		return
	}
	w.do(o, now)
}

// do applies an operation.
func (w *workspace) do(o *operation, now time.Time) {
	switch {
	case o.kind == "object":
		w.objectAction(o, now)
	case o.kind == "delivery":
	case w.ignores(o):
		w.counts.IgnoredSuppressed++
		w.note(now, activitySuppressed, o.subject(), "")
	case o.tracked():
		w.event(o, now)
	default:
		w.personAction(o, now)
	}
}

func (w *workspace) personAction(o *operation, now time.Time) {
	switch o.action {
	case "identify":
		w.identify(o, now)
	case "merge":
		w.mergeAction(o, now)
	case "delete":
		if p := w.known(o, now); p != nil {
			w.remove(p)
		}
	case "suppress":
		w.suppress(o.who)
	case "unsuppress":
		w.unsuppress(o.who)
	case "add_device", "delete_device":
		w.device(o, now)
	case "add_relationships", "delete_relationships":
		if p := w.known(o, now); p != nil {
			w.relate(p, o, now)
		}
	}
}

// known returns the person of an operation that creates nobody.
func (w *workspace) known(o *operation, now time.Time) *person {
	p := w.find(o.who)
	if p == nil {
		w.unknown(o, now)
	}
	return p
}

// unknown notes that an operation did nothing because nobody is there.
func (w *workspace) unknown(o *operation, now time.Time) {
	w.counts.IgnoredUnknown++
	w.note(now, activityUnknown, o.subject(), "")
}

func (w *workspace) device(o *operation, now time.Time) {
	p := w.known(o, now)
	switch {
	case p == nil:
	case o.action == "delete_device":
		delete(p.devices, o.device)
	default:
		p.devices[o.device] = o.platform
	}
}

// subject is who or what an operation is about, for an activity.
func (o *operation) subject() string {
	switch {
	case o.kind == "object":
		return "object " + cmp.Or(o.object.cioID, o.object.typeID+"/"+o.object.id)
	case o.action == "merge":
		return o.primary.String() + ", " + o.secondary.String()
	}
	return o.who.String()
}

func (i identifier) String() string { return i.key + " " + i.value }

// everybody returns the people in order of their creation.
func (w *workspace) everybody() []*person {
	var all []*person
	for key, p := range w.people {
		if key.key == "cio_id" {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *person) int { return cmp.Compare(a.serial, b.serial) })
	return all
}

// idKey is an event's ID as it compares: a ULID has no case.
func (o *operation) idKey() string {
	if o.isULID {
		return strings.ToUpper(o.id)
	}
	return o.id
}
