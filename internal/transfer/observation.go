package transfer

import (
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// observation is what the first pass sees in one chunk.
type observation struct {
	chunk             *posthog.Chunk
	decided           decided
	teams             teams
	columns           uint64 // posthog.Chunk.Columns
	rows, bad, recent int64  // as in FirstPass
	keys              *chunkKeys
	skipped           skippedNames
	optOuts           []optOut
	share             Share      // nil without an observer
	fates             *fateShare // nil without details
	rules             *mapping.Classifier

	person      int64
	byCreatedAt int64
	unread      unreadFields
	times       timeSpan // as in FirstPass
}

// observe reads a chunk on one of the workers, whose classifier is rules. keys are still empty; share is nil
// without an observer.
func observe(f *FirstPass, c *posthog.Chunk, rules *mapping.Classifier, keys *chunkKeys, share Share) observation {
	o := observation{chunk: c, rules: rules, keys: keys, share: share, fates: f.fates.share(false)}
	for event, bad := range c.Events() {
		o.rows++
		if bad != nil {
			o.addBad(bad)
		} else {
			o.addEvent(f, event)
		}
	}
	o.decided.seal(c.Sum())
	o.columns = c.Columns()
	if !c.WorthPacking() {
		c.Release() // the others are added to the tail, in order
	}
	return o
}

// addBad adds a row that is no event.
func (o *observation) addBad(bad *posthog.RowError) {
	if o.keys.wasRejected(keyOfText, bad.Row) {
		o.decided.add(bad.Ref-o.chunk.Ref, rejectedBefore)
		o.fates.bad(fateLeftOut)
		o.fates.badExample(bad, mapping.ReasonRejectedBefore)
		return
	}
	o.bad++
	o.fates.bad(fateOpen)
	if o.share != nil {
		o.share.Bad()
	}
}

func (o *observation) addEvent(f *FirstPass, event *posthog.Event) {
	number, source := event.Ref-o.chunk.Ref, o.chunk.Source
	o.teams.add(event.TeamID)
	if f.input.otherTeam(event) {
		other := mapping.Outcome{Bucket: mapping.Skipped, Reason: ReasonOtherTeam}
		f.waitingSources.observe(source, event, &other, o.keys.ids)
		o.decided.add(number, other)
		o.fates.left(event, other.Reason)
		return
	}
	o.unread.add(f.input.Sources[source].Name, event)
	outcome := o.keys.add(event, o.rules.Classify(event))
	f.waitingSources.observe(source, event, &outcome, o.keys.ids)
	o.count(event, &outcome)
	if outcome.Bucket == mapping.Send {
		o.times.count(f.rules.Mapping, event)
	}
	decided := outcome != rejectedBefore && o.decided.add(number, outcome) // another version of the row may be sent
	if o.fates != nil {
		o.countFate(event, &outcome, decided)
	}
	event.Added, event.AddedOnce = o.rules.PersonChanges()
	if outcome.Bucket == mapping.Rejected || outcome == rejectedBefore {
		f.index.ObserveRejected(event)
	} else {
		f.index.Observe(event, outcome.Bucket == mapping.Send)
	}
	if string(event.Name) == posthog.Unsubscribed {
		o.optOuts = append(o.optOuts, optOutOf(event, f.index.SumOf))
	}
	if o.share != nil {
		o.share.Event(event)
	}
}

// countFate counts an event for the details. decided says that the second pass does not see it.
func (o *observation) countFate(event *posthog.Event, outcome *mapping.Outcome, decided bool) {
	if !decided {
		o.fates.event(event, fateOpen)
		return
	}
	o.fates.left(event, outcome.Reason)
}

// count counts an event by what becomes of it, whoever its person is.
func (o *observation) count(event *posthog.Event, outcome *mapping.Outcome) {
	switch {
	case outcome.Bucket == mapping.Rejected:
		o.bad++
	case outcome.Bucket == mapping.FeedsPerson:
		o.person++
	case outcome.Reason == mapping.ReasonNoise:
		o.skipped.add(event.Name, 1)
	}
	if outcome.Recent {
		o.recent++
	}
	if outcome.ByCreatedAt {
		o.byCreatedAt++
	}
}
