package people

import (
	"bytes"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
)

// Observe learns from one row. sends says whether the row is sent as an event if its person is sent. Many
// goroutines may call it, in any order of rows: the result depends only on the set of rows. It copies what it
// needs of e.
func (x *Index) Observe(e *posthog.Event, sends bool) { x.observe(e, sends, notRejected) }

// ObserveRejected is Observe for a row that cannot be sent, whoever its person is. A person who has only such
// rows is not sent.
func (x *Index) ObserveRejected(e *posthog.Event) { x.observe(e, false, 0) }

func (x *Index) observe(e *posthog.Event, sends bool, fit idFlags) {
	x.noteDevice(e)
	switch {
	case string(e.Name) == "$groupidentify":
		return // its distinct ID is that of a group, a random one, or that of a person who has other rows too
	case posthog.WithoutPerson(e.Name):
		if sends {
			x.countEvent(e.DistinctID)
		}
		x.noteVisit(e)
		return
	}
	h := x.sum(e.DistinctID)
	sh := &x.shards[h.shard()]
	known := showsLogin(e)
	if e.Personless && !known && !x.options.Everybody && !(sends && x.options.Events) && !x.options.ofUser(e.DistinctID) && !x.options.names(e.DistinctID) {
		if posthog.WithoutProfile(e.Name) {
			x.noteVisit(e)
		} else {
			x.countVisit(sh, h, sends, e)
		}
		x.live.note(&x.options, e.DistinctID)
		return
	}
	var l link
	at := orderOf(e, x.now)
	linked := !e.Personless && !x.options.Separate && x.linkOf(e, h, &at, &l)
	if linked {
		x.noteInLink(l.source, l.sourceText, at.Moment())
	}
	var row fold.Row
	if !e.Personless {
		row = attributeRowOf(e, &at, x.now, x.options.PersonIDs)
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	number, f := x.entry(sh, h, e.DistinctID)
	if f == nil {
		return
	}
	f.learnRow(e, known, sends, linked, at.Moment())
	f.set(fit)
	if linked {
		f.set(wasTarget)
		if l.kind == identity.Identify && (e.WebVisitor || posthog.MachineMade(e.DistinctID)) {
			x.machineTargets.Store(true)
		}
		x.noteLink(sh, &l)
	}
	x.notePersonID(sh, number, e, &at)
	if !e.Personless {
		sh.learnAttributes(number, f, &row)
	}
}

// noteDevice notes that a row's $device_id was made by a machine, unless its form shows that already.
func (x *Index) noteDevice(e *posthog.Event) {
	if e.DeviceID != nil && !posthog.MachineMade(e.DeviceID) {
		x.addFlags(e.DeviceID, wasDevice)
	}
}

// linkOf writes to l the link that a row makes. own is the sum of the row's distinct ID. It returns false if
// the row links nothing.
func (x *Index) linkOf(e *posthog.Event, own sum, at *fold.ChangeOrder, l *link) bool {
	source := e.Linked()
	if source == nil || bytes.Equal(source, e.DistinctID) || neverLinks(source) || neverLinks(e.DistinctID) {
		return false
	}
	l.kind, l.target, l.source, l.sourceText, l.at = kindOf(e.Name), own, x.sum(source), source, *at
	if !e.HasUUID {
		l.tie = string(e.DistinctID) + "\x00" + string(source)
	}
	return true
}

// notePersonID notes the person_id of a row whose ID has this number in its shard. The caller holds the shard's lock.
func (x *Index) notePersonID(sh *shard, number uint32, e *posthog.Event, at *fold.ChangeOrder) {
	f := sh.ids.factsOf(number)
	if e.PersonID == nil || x.options.Separate || f.flags&cookieless != 0 {
		return
	}
	before, same := f.setPersonID(e.PersonID)
	if !x.pairs.spans {
		if !same {
			x.pairs.note(&pair{person: x.sum(e.PersonID), id: *sh.ids.hash(number)})
		}
		return
	}
	open, now := sh.open.of(number), openPair{x.sum(e.PersonID), x.pairs.spanOf(e, at)}
	if same {
		open.extend(&now.span)
		return
	}
	if before != 0 {
		x.pairs.note(&pair{person: open.person, id: *sh.ids.hash(number), span: open.span})
	}
	*open = now
}
