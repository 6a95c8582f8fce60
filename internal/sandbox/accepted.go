package sandbox

// countAccepted counts what an accepted operation says, whatever then becomes of it.
func countAccepted(c change) {
	n, o := c.counts, c.op
	n.Accepted++
	n.Actions[o.kind+"."+o.action]++
	if o.timestamp.given && !o.timestamp.usable() {
		n.TimestampRewritten++
		c.note(activityRewritten, o.action)
	}
	if o.timestamp.usable() && o.timestamp.at.After(o.received) {
		n.FutureTimestamp++
	}
	if o.tracked() {
		countEvent(c)
	}
	if o.kind == "person" && o.action == "identify" {
		countIdentify(c)
	}
}

func countEvent(c change) {
	n, o := c.counts, c.op
	switch {
	case !o.hasID:
		n.WithoutID++
	case !o.isULID:
		n.NonULID++
	}
	if o.hasID && c.ids.arrive(o.idKey()) {
		n.RepeatedIDs++
	}
	if !o.timestamp.given {
		n.WithoutTimestamp++
	}
	if len(o.overrides) > 0 {
		n.CampaignOverrides++
	}
	for _, key := range o.overrides {
		n.ReservedKeys[key]++
	}
}

func countIdentify(c change) {
	n, consent := c.counts, false
	for _, key := range c.op.reservedKeys {
		n.ReservedKeys[key]++
		consent = consent || key == "unsubscribed" || key == "cio_subscription_preferences"
	}
	if consent {
		n.ConsentChanges++
	}
	for _, a := range c.op.attributes {
		if a.name == "created_at" && !isUnixSeconds(a.value) {
			n.BadCreatedAt++
		}
	}
}
