package workspace

import "ph2cio/internal/sandbox/trackapi"

// countAccepted counts an accepted operation by what it says, before it is applied.
func countAccepted(c change) {
	n, o := c.counts, c.op
	n.Accepted++
	n.Actions[o.Type+"."+o.Action]++
	if o.Timestamp.Given && !o.Timestamp.Usable() {
		n.TimestampRewritten++
		c.note(activityRewritten, o.Action)
	}
	if o.Timestamp.Usable() && o.Timestamp.At.After(o.Received) {
		n.FutureTimestamp++
	}
	if o.IsEvent() {
		countEvent(c)
	}
	if o.Type == "person" && o.Action == "identify" {
		countIdentify(c)
	}
}

func countEvent(c change) {
	n, o := c.counts, c.op
	switch {
	case !o.HasID:
		n.WithoutID++
	case !o.IsULID:
		n.NonULID++
	}
	if o.HasID && c.ids.arrive(o.EventKey()) {
		n.RepeatedIDs++
	}
	if !o.Timestamp.Given {
		n.WithoutTimestamp++
	}
	if len(o.Overrides) > 0 {
		n.CampaignOverrides++
	}
	for _, key := range o.Overrides {
		n.ReservedKeys[key]++
	}
}

func countIdentify(c change) {
	n, consent := c.counts, false
	for _, key := range c.op.ReservedKeys {
		n.ReservedKeys[key]++
		consent = consent || key == "unsubscribed" || key == "cio_subscription_preferences"
	}
	if consent {
		n.ConsentChanges++
	}
	for _, a := range c.op.Attributes {
		if a.Name == "created_at" && !trackapi.IsUnixSeconds(a.Value) {
			n.BadCreatedAt++
		}
	}
}
