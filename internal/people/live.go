package people

import "sync"

// liveProfiles are the profiles of Options.Existing that PostHog's live destination has made of visitors in
// this export: a machine has made their IDs, they have no email, and no earlier run has sent them.
type liveProfiles struct {
	mu   sync.Mutex
	rows map[uint32]bool // the profiles of visitors whose IDs are not remembered
}

// note notes the ID on a visitor's row, which is not remembered otherwise.
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
