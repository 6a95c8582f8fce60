package sandbox

import (
	"maps"
	"time"
)

// mergeAction folds one person into another, if both exist.
func (w *workspace) mergeAction(o *operation, now time.Time) {
	primary, secondary := w.find(o.primary), w.find(o.secondary)
	switch {
	case primary == nil:
		w.counts.MergesWithoutPrimary++
		w.note(now, activityNoMerge, o.subject(), "the primary does not exist")
	case secondary == nil:
		w.counts.MergesWithoutSecondary++
		w.note(now, activityNoMerge, o.subject(), "the secondary does not exist")
	case primary == secondary:
		w.counts.MergesWithThemselves++
		w.note(now, activityNoMerge, o.subject(), "both are one person")
	default:
		w.merge(primary, secondary, now)
		w.note(now, activityMerge, o.subject(), "")
	}
}

// merge gives the primary what it lacks of the secondary, which is then deleted. Its events follow by themselves, see
// holder; none of them starts a campaign.
func (w *workspace) merge(primary, secondary *person, now time.Time) {
	w.counts.Merges++
	w.remove(secondary)
	secondary.into, secondary.mergedAt = primary, now
	for key, value := range secondary.names {
		if primary.names[key] == "" {
			w.name(primary, identifier{key, value})
		}
	}
	for name, theirs := range secondary.attributes {
		if value(primary.attributes[name].json).blank() {
			primary.attributes[name] = theirs
		}
	}
	for o, attributes := range secondary.relations {
		if _, ok := primary.relations[o]; !ok {
			primary.relations[o] = attributes
		}
	}
	devices := maps.Clone(secondary.devices)
	maps.Copy(devices, primary.devices)
	primary.devices = devices
	primary.optedOut = value(primary.attributes["unsubscribed"].json).optsOut()
}

// mergeable reports whether an identify with id and email that met two people merges them by itself: one has only the id,
// the other only the email.
func (w *workspace) mergeable(o *operation, p, owner *person) bool {
	if w.NoAutoMerge || o.who.key != "id" && o.who.key != "email" {
		return false
	}
	lacks := func(p, q *person) bool {
		return p.names["id"] != "" && p.names["email"] == "" && q.names["email"] != "" && q.names["id"] == ""
	}
	return lacks(p, owner) || lacks(owner, p)
}

// autoMerge folds the younger of two people into the older and returns that.
func (w *workspace) autoMerge(a, b *person, now time.Time) *person {
	if b.serial < a.serial {
		a, b = b, a
	}
	w.merge(a, b, now)
	w.counts.AutoMerges++
	w.note(now, activityMerge, identifier{"cio_id", a.cioID}.String(), "by itself: an identify had id and email")
	return a
}
