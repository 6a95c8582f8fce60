package deliver

import (
	"encoding/json"
	"fmt"

	"ph2cio/internal/customerio"
)

// Counters says where the rows and operations of a run have ended since it began, however often it was
// resumed. Its JSON form is what the ledger saves with a position. Operations without an answer are not
// counted.
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
	Unchanged      int64                       `json:"people_unchanged"` // people of whom an earlier run has sent the same
	Emails         int64                       `json:"emails"`           // those of Accepted that are identifies after a merge
	Recent         int64                       `json:"recent"`           // those of Accepted that can start a campaign
}

// Sent returns how many rows the API accepted.
func (c *Counters) Sent() int64 { return OfRows(c.Accepted) }

// People returns how many people the API accepted.
func (c *Counters) People() int64 { return c.Accepted[customerio.Identify] - c.Emails }

// ReadCounters reads the counters that the ledger has saved. Of an empty text they are zero.
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
