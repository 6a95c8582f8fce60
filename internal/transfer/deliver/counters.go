package deliver

import (
	"encoding/json"
	"fmt"

	"ph2cio/internal/customerio"
)

// Counters are where the rows and operations of a run have ended, over all the times that it was stopped and
// resumed. Their JSON form is what the ledger keeps beside a position. What has no answer is in none of them.
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
func (c *Counters) Sent() int64 { return OfRows(c.Accepted) }

// People is how many people were acknowledged.
func (c *Counters) People() int64 { return c.Accepted[customerio.Identify] - c.Emails }

// ReadCounters reads what the ledger keeps; without any text the counters are zero.
func ReadCounters(text []byte) (c Counters, err error) {
	if len(text) == 0 {
		return c, nil
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("reading the counters of the run: %w", err)
	}
	return c, nil
}

// OfRows adds up the operations that stand for a row: events, pages and screens.
func OfRows(counts map[customerio.Action]int64) int64 {
	return counts[customerio.Event] + counts[customerio.Page] + counts[customerio.Screen]
}
