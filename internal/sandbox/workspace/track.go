package workspace

// applyEvent stores an event, page or screen.
func applyEvent(c change) {
	o := c.op
	if o.HasID && isRepeated(c) {
		c.counts.Deduped++
		return
	}
	e := &event{
		sentAs: o.Who, action: o.Action, name: o.Name, id: o.ID, data: string(o.Data),
		at: o.Timestamp.Or(o.Received), received: o.Received, isULID: o.IsULID,
	}
	if o.Who.Key == "anonymous_id" {
		addAnonymousEvent(c, e)
	} else {
		p := c.findOrCreate(o.Who, c.now)
		if p == nil {
			c.unknown()
			return
		}
		e.belongTo(p)
		markRecent(c, e)
	}
	c.counts.EventsStored++
	if forgotten, ok := c.events.Add(e); ok {
		c.counts.EventsForgotten++
		c.anonymous.forget(forgotten)
	}
}

// isRepeated reports whether the event's ID has been stored before, and remembers it.
func isRepeated(c change) bool {
	if c.NoDedup || c.noDedup || !c.op.IsULID && !c.DedupAnyID {
		return false
	}
	return c.ids.stored(c.op.EventKey(), c.now, c.DedupWindow)
}
