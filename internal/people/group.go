package people

import "ph2cio/internal/identity"

// Verdict is what became of a link, for Options.Trace.
type Verdict = identity.Outcome

// The verdicts.
const (
	LinkJoined     = identity.Joined
	LinkSame       = identity.Same
	LinkIdentified = identity.AlreadyIdentified
	LinkExported   = identity.PersonsExport
)

// Group names the IDs that are one person, whether they are sent or not.
type Group uint32

// GroupOf returns the group of a distinct ID; false when nothing ties the ID to a person. It needs Options.Trace.
func (s *Settled) GroupOf(distinctID []byte) (Group, bool) {
	node, found := s.first.node(s.index, s.index.sum(distinctID))
	if !found {
		return 0, false
	}
	return Group(s.groups.Find(node)), true
}
