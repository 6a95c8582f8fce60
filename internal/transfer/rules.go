package transfer

import (
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// Rules say what becomes of rows and people. Mapping and Now must be set.
type Rules struct {
	Mapping *mapping.Rules
	Choice  people.Choice  // who is sent
	Index   people.Options // how the first pass finds out who is who
	Now     time.Time      // the run's own now: that of its beginning if it is resumed

	// IdentifiersMayMeet says that two people may have the same identifier, because a template makes it. Only
	// the first of them gets an identify then.
	IdentifiersMayMeet bool
}

// WithTrace returns the same rules, with which the first pass tells trace what becomes of each row that says
// that two IDs are one person, by the row's Ref.
func (r Rules) WithTrace(trace func(ref uint64, verdict people.Verdict)) Rules {
	r.Index.Trace = trace
	return r
}

// WithEmails returns the same rules, with which the first pass lists the people with an email for which is
// returns true. Several goroutines may call is at once.
func (r Rules) WithEmails(is func(email []byte) bool) Rules {
	r.Choice.NamesEmail = is
	return r
}
