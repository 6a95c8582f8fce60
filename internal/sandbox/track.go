package sandbox

// applyEvent stores an event, page or screen.
func applyEvent(c change) {
	o := c.op
	if o.hasID && isRepeated(c) {
		c.counts.Deduped++
		return
	}
	e := &event{
		sentAs: o.who, action: o.action, name: o.name, id: o.id, data: string(o.data),
		at: o.timestamp.or(o.received), received: o.received, isULID: o.isULID,
	}
	if o.who.key == "anonymous_id" {
		addAnonymousEvent(c, e)
	} else if e.owner = c.findOrCreate(o.who, c.now); e.owner == nil {
		c.unknown()
		return
	} else {
		markRecent(c, e)
	}
	c.counts.EventsStored++
	if forgotten, ok := c.events.add(e); ok {
		c.counts.EventsForgotten++
		c.anonymous.forget(forgotten)
	}
}

// isRepeated reports whether the event's ID has been stored before, and remembers it.
func isRepeated(c change) bool {
	if c.NoDedup || c.noDedup || !c.op.isULID && !c.DedupAnyID {
		return false
	}
	return c.ids.stored(c.op.idKey(), c.now, c.DedupWindow)
}
