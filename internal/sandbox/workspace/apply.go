package workspace

// apply applies an accepted operation.
func apply(c change) {
	switch {
	case c.op.Type == "object":
		applyToObject(c)
	case c.op.Type == "delivery":
	case isSuppressed(c):
		c.counts.IgnoredSuppressed++
		c.note(activitySuppressed, "")
	case c.op.IsEvent():
		applyEvent(c)
	default:
		applyToPerson(c)
	}
}

func applyToPerson(c change) {
	switch c.op.Action {
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
	case c.op.Action == "delete_device":
		delete(p.devices, c.op.Device)
	default:
		p.devices[c.op.Device] = c.op.Platform
	}
}
