package workspace

import "ph2cio/internal/sandbox/trackapi"

// applyMerge merges one person into another, if both exist.
func applyMerge(c change) {
	primary, secondary := c.find(c.op.Primary), c.find(c.op.Secondary)
	switch {
	case primary == nil:
		c.counts.MergesWithoutPrimary++
		c.note(activityNoMerge, "the primary does not exist")
	case secondary == nil:
		c.counts.MergesWithoutSecondary++
		c.note(activityNoMerge, "the secondary does not exist")
	case primary == secondary:
		c.counts.MergesWithThemselves++
		c.note(activityNoMerge, "both are one person")
	default:
		mergePeople(c, primary, secondary)
		c.note(activityMerge, "")
	}
}

// mergePeople gives the primary what it lacks and the secondary has. The secondary is deleted. Its events
// follow without more work, since [state.holder] follows merges; none of them starts a campaign.
func mergePeople(c change, primary, secondary *person) {
	c.counts.Merges++
	c.remove(secondary)
	secondary.mergeInto(primary, c.now)
	for key, value := range secondary.names {
		if primary.names[key] == "" {
			c.name(primary, trackapi.Identifier{Key: key, Value: value})
		}
	}
	for name, theirs := range secondary.attributes {
		if trackapi.Value(primary.attributes[name].json).Blank() {
			primary.attributes[name] = theirs
		}
	}
	for o, attributes := range secondary.relations {
		if _, ok := primary.relations[o]; !ok {
			primary.relations[o] = attributes
		}
	}
	primary.addDevices(secondary.devices)
	primary.optOut(trackapi.Value(primary.attributes["unsubscribed"].json))
}

// mergeable reports whether an identify with id and email that met two people merges them by itself: one has
// only the id, the other only the email.
func mergeable(c change, p, owner *person) bool {
	if c.NoAutoMerge || c.op.Who.Key != "id" && c.op.Who.Key != "email" {
		return false
	}
	lacks := func(p, q *person) bool {
		return p.names["id"] != "" && p.names["email"] == "" && q.names["email"] != "" && q.names["id"] == ""
	}
	return lacks(p, owner) || lacks(owner, p)
}

// autoMerge merges the younger of two people into the older and returns that.
func autoMerge(c change, a, b *person) *person {
	if b.serial < a.serial {
		a, b = b, a
	}
	mergePeople(c, a, b)
	c.counts.AutoMerges++
	c.noteOn(a.cio().String(), activityMerge, "by itself: an identify had id and email")
	return a
}
