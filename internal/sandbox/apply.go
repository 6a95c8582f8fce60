package sandbox

// apply does what an accepted operation asks for.
func apply(c change) {
	switch {
	case c.op.kind == "object":
		applyToObject(c)
	case c.op.kind == "delivery":
	case isSuppressed(c):
		c.counts.IgnoredSuppressed++
		c.note(activitySuppressed, "")
	case c.op.tracked():
		applyEvent(c)
	default:
		applyToPerson(c)
	}
}

func applyToPerson(c change) {
	switch c.op.action {
	case "identify":
		applyIdentify(c)
	case "merge":
		applyMerge(c)
	case "delete":
		if p := c.known(); p != nil {
			c.remove(p)
		}
	case "suppress":
		suppress(c)
	case "unsuppress":
		unsuppress(c)
	case "add_device", "delete_device":
		applyToDevice(c)
	case "add_relationships", "delete_relationships":
		if p := c.known(); p != nil {
			relate(c, p)
		}
	}
}

func applyToDevice(c change) {
	p := c.known()
	switch {
	case p == nil:
	case c.op.action == "delete_device":
		delete(p.devices, c.op.device)
	default:
		p.devices[c.op.device] = c.op.platform
	}
}
