package people

import "sync"

// liveProfiles are the profiles of Options.Existing that PostHog's live destination has made of this export's
// visitors: they go by an ID that a machine made, have no email, and no earlier run has sent them.
type liveProfiles struct {
	mu   sync.Mutex
	rows map[uint32]bool // of visitors of whom nothing is kept
}

// note takes a visitor's row of which nothing else is kept.
func (l *liveProfiles) note(o *Options, id []byte) {
	row, found := o.Existing.byID(id)
	if !found || !o.Existing.anonymous(row) || o.ofUser(id) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows == nil {
		l.rows = map[uint32]bool{}
	}
	l.rows[row] = true
}
