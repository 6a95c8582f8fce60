package people

import (
	"cmp"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
)

// link is what a row says that links two different, legal IDs: they are one person.
type link struct {
	kind           identity.Kind
	target, source sum
	sourceText     []byte // borrowed from the row
	at             fold.ChangeOrder
	tie            string // the texts of both IDs, if the row has no uuid; orders links of one time
	again          bool   // it repeats an earlier link: see Index.distinct
}

// neverLinks reports whether an ID can never be linked: it is a placeholder, or many visitors share it.
func neverLinks(id []byte) bool { return posthog.IllegalID(id) || posthog.CookielessDevice(id) }

// kindOf returns the kind of link that an event with this name is.
func kindOf(event []byte) identity.Kind {
	switch string(event) {
	case "$identify":
		return identity.Identify
	case "$merge_dangerously":
		return identity.Dangerously
	}
	return identity.Alias
}

// append writes the link, without sourceText and again, for readLink.
func (l *link) append(dst []byte) []byte {
	dst = append(dst, byte(l.kind))
	dst = l.source.append(l.target.append(dst))
	dst = l.at.Append(dst)
	return append(dst, l.tie...)
}

// readLink reads what append has written.
func readLink(b []byte) (l link) {
	l.kind = identity.Kind(b[0])
	l.target, l.source = readSum(b[1:]), readSum(b[1+sumSize:])
	l.at = fold.ReadChangeOrder(b[1+2*sumSize:])
	l.tie = string(b[1+2*sumSize+fold.ChangeOrderSize:])
	return l
}

// Verdict is what became of a link, for Options.Trace.
type Verdict = identity.Outcome

const (
	LinkJoined     = identity.Joined
	LinkSame       = identity.Same
	LinkIdentified = identity.AlreadyIdentified
	LinkExported   = identity.PersonsExport
)

// LinkCounts counts what became of links.
type LinkCounts = identity.Counts

// compare orders links by what they link, and the rows of one link in the order of ingestion.
func (l *link) compare(o *link) int {
	if c := cmp.Or(l.target.compare(o.target), l.source.compare(o.source), cmp.Compare(l.kind, o.kind)); c != 0 {
		return c
	}
	return cmp.Or(l.at.Order.Compare(&o.at.Order), l.at.CompareChange(&o.at))
}
