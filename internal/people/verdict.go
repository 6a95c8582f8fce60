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

// Links are what became of the rows that say that two IDs are one person.
type Links = identity.Counts
