package export

import (
	"encoding/json"
	"fmt"
	"maps"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// Counters are where the rows and operations of a run have ended, over all that it was stopped and went on: what the
// ledger keeps beside a position. What has no answer is in none of them.
type Counters struct {
	Read           int64                       `json:"read"` // rows that have ended
	Person         int64                       `json:"person"`
	Duplicate      int64                       `json:"duplicate"`
	Earlier        int64                       `json:"earlier"` // sent by earlier runs
	Skipped        map[string]int64            `json:"skipped"`
	Rejected       map[string]int64            `json:"rejected"`
	Accepted       map[customerio.Action]int64 `json:"accepted"`
	Refused        map[customerio.Action]int64 `json:"refused"`
	PeopleRejected map[string]int64            `json:"people_rejected"`
	MergesRejected map[string]int64            `json:"merges_rejected"`
	Unchanged      int64                       `json:"people_unchanged"` // since an earlier run has sent them
	Emails         int64                       `json:"emails"`           // of Accepted, identifies that follow a merge
	Recent         int64                       `json:"recent"`           // accepted, and could start a campaign
}

// Sent is how many rows were acknowledged.
func (c *Counters) Sent() int64 { return ofRows(c.Accepted) }

// People is how many people were acknowledged.
func (c *Counters) People() int64 { return c.Accepted[customerio.Identify] - c.Emails }

// ReadCounters reads what the ledger keeps; nothing is the zero value.
func ReadCounters(text []byte) (c Counters, err error) {
	if len(text) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("reading the counters of the run: %w", err)
	}
	return c, nil
}

// counters are those of the run so far, without what has no answer. The outbox's lock is held.
func (r *run) counters(open int64) Counters {
	t := r.tally
	c := Counters{
		Read: t.read, Person: t.person, Duplicate: t.duplicate, Earlier: t.earlier - r.before.Sent(), Skipped: t.skipped, Rejected: t.rejected, PeopleRejected: r.peopleRejected,
		MergesRejected: r.mergesRejected, Unchanged: r.peopleUnchanged, Emails: r.before.Emails + r.emailsSent,
		Accepted: maps.Clone(r.before.Accepted), Refused: maps.Clone(r.before.Refused), Recent: r.before.Recent + t.recent,
	}
	if r.keeper.phase == ledger.Events {
		c.Read -= open
	}
	addAll(c.Accepted, t.accepted)
	addAll(c.Refused, t.refused)
	return c
}

// goOn takes over the counts of the run that this one goes on from.
func (r *run) goOn(before Counters) {
	r.before = before
	for _, counts := range []*map[customerio.Action]int64{&r.before.Accepted, &r.before.Refused} {
		if *counts == nil {
			*counts = map[customerio.Action]int64{}
		}
	}
	r.tally.read, r.tally.person, r.tally.duplicate = before.Read, before.Person, before.Duplicate
	r.tally.earlier = before.Earlier + before.Sent()
	r.peopleUnchanged = before.Unchanged
	addAll(r.tally.skipped, before.Skipped)
	addAll(r.tally.rejected, before.Rejected)
	addAll(r.peopleRejected, before.PeopleRejected)
	addAll(r.mergesRejected, before.MergesRejected)
}
