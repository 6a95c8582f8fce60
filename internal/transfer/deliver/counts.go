package deliver

import (
	"fmt"
	"maps"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// RowCounts counts rows by where they ended. Rows that became an operation or were rejected count only as
// read. The zero value is ready to use.
type RowCounts struct {
	Read      int64            // all rows
	Person    int64            // rows that only change a person
	Duplicate int64            // rows that another row stands for
	Earlier   int64            // rows acknowledged by an earlier run, or by this one before it was resumed
	Skipped   map[string]int64 // by reason
}

// Row counts a row as read. What becomes of it is counted elsewhere: by the delivery if it has an operation
// or is rejected.
func (c *RowCounts) Row() { c.Read++ }

// PersonRow counts a row as read that only says something about a person.
func (c *RowCounts) PersonRow() {
	c.Read++
	c.Person++
}

// Repeats counts rows as read that an earlier run has sent, or that others stand for.
func (c *RowCounts) Repeats(earlier, duplicate int64) {
	c.Read += earlier + duplicate
	c.Earlier += earlier
	c.Duplicate += duplicate
}

// Skip counts rows as read and skipped.
func (c *RowCounts) Skip(reason string, rows int64) {
	if c.Skipped == nil {
		c.Skipped = map[string]int64{}
	}
	c.Read += rows
	c.Skipped[reason] += rows
}

// Add adds the counts of other rows.
func (c *RowCounts) Add(o *RowCounts) {
	c.Read += o.Read
	c.Person += o.Person
	c.Duplicate += o.Duplicate
	c.Earlier += o.Earlier
	if c.Skipped == nil && len(o.Skipped) > 0 {
		c.Skipped = map[string]int64{}
	}
	AddAll(c.Skipped, o.Skipped)
}

// Counts says where the rows and operations of a run have ended. Rows, rejects and Unchanged include what was
// counted before the run was resumed. The counts of operations begin when the run begins or is resumed.
type Counts struct {
	RowCounts
	Rejected       map[string]int64 // rows, by reason
	PeopleRejected map[string]int64
	MergesRejected map[string]int64
	Unchanged      int64 // people who need no identify, since an earlier run has sent the same

	Built      map[customerio.Action]int64
	Accepted   map[customerio.Action]int64
	Refused    map[customerio.Action]int64
	Unsent     map[customerio.Action]int64 // neither accepted nor refused
	Unanswered map[customerio.Action]int64 // those of Unsent that were sent, and may have been accepted
	Emails     int64                       // those of Accepted that are identifies after a merge
	Recent     int64                       // those of Accepted that can start a campaign

	Before Counters // what the ledger had saved when the run was resumed; zero for a new run
}

// newCounts returns the counts of a run that had counted before when it was stopped. For a new run before is
// zero.
func newCounts(before Counters) Counts {
	c := Counts{
		Rejected: map[string]int64{}, PeopleRejected: map[string]int64{}, MergesRejected: map[string]int64{},
		Built: map[customerio.Action]int64{}, Accepted: map[customerio.Action]int64{}, Refused: map[customerio.Action]int64{},
		Unsent: map[customerio.Action]int64{}, Unanswered: map[customerio.Action]int64{},
		Unchanged: before.Unchanged, Before: before,
	}
	c.RowCounts = RowCounts{
		Read: before.Read, Person: before.Person, Duplicate: before.Duplicate, Earlier: before.Earlier + before.Sent(),
		Skipped: map[string]int64{},
	}
	AddAll(c.Skipped, before.Skipped)
	AddAll(c.Rejected, before.Rejected)
	AddAll(c.PeopleRejected, before.PeopleRejected)
	AddAll(c.MergesRejected, before.MergesRejected)
	return c
}

// PeopleSent returns how many people the API has accepted since the run began or was last resumed.
func (c *Counts) PeopleSent() int64 { return c.Accepted[customerio.Identify] - c.Emails }

// RowsRejected returns how many rows were rejected.
func (c *Counts) RowsRejected() int64 { return Sum(c.Rejected) }

// Check returns an error if the counts do not add up: every row and every operation must have ended in
// exactly one place. Call it once all phases have ended.
func (c *Counts) Check() error {
	sent, unsent := OfRows(c.Accepted), OfRows(c.Unsent)
	skipped, rejected := Sum(c.Skipped), Sum(c.Rejected)
	if total := sent + c.Person + skipped + rejected + c.Duplicate + c.Earlier + unsent; total != c.Read {
		return fmt.Errorf("the rows do not add up: %d read, but %d sent, %d person, %d skipped, %d rejected, %d duplicate, %d earlier and %d unsent make %d; "+
			"report this as a bug", c.Read, sent, c.Person, skipped, rejected, c.Duplicate, c.Earlier, unsent, total)
	}
	for action, built := range c.Built {
		if total := c.Accepted[action] + c.Refused[action] + c.Unsent[action]; total != built {
			return fmt.Errorf("the %s operations do not add up: %d built, but %d accepted, %d rejected and %d unsent; report this as a bug",
				action, built, c.Accepted[action], c.Refused[action], c.Unsent[action])
		}
	}
	return nil
}

// add counts a result, except its rejects.
func (c *Counts) add(r *Result) {
	c.Add(&r.Rows)
	c.Unchanged += r.Unchanged
	c.build(r.Operations)
}

// accept counts an operation that the API accepted. recent says that it can start a campaign.
func (c *Counts) accept(phase ledger.Phase, action customerio.Action, recent bool) {
	c.Accepted[action]++
	if recent {
		c.Recent++
	}
	if phase == ledger.Emails {
		c.Emails++
	}
}

// build counts operations as built. Most operations follow one of the same action.
func (c *Counts) build(operations []customerio.Operation) {
	for from := 0; from < len(operations); {
		action, to := operations[from].Action, from+1
		for to < len(operations) && operations[to].Action == action {
			to++
		}
		c.Built[action] += int64(to - from)
		from = to
	}
}

// reject counts a reject by the phase that it is of.
func (c *Counts) reject(phase ledger.Phase, reason string) {
	switch phase {
	case ledger.Events:
		c.Rejected[reason]++
	case ledger.Merges:
		c.MergesRejected[reason]++
	default:
		c.PeopleRejected[reason]++
	}
}

// counters returns what the ledger saves. The operations of openRows rows have no answer yet. No other count
// has these rows, so they do not count as read either.
func (c *Counts) counters(openRows int64) Counters {
	k := Counters{
		Read: c.Read - openRows, Person: c.Person, Duplicate: c.Duplicate, Earlier: c.Earlier - c.Before.Sent(),
		Skipped: c.Skipped, Rejected: c.Rejected, PeopleRejected: c.PeopleRejected, MergesRejected: c.MergesRejected,
		Unchanged: c.Unchanged, Emails: c.Before.Emails + c.Emails, Recent: c.Before.Recent + c.Recent,
		Accepted: maps.Clone(c.Accepted), Refused: maps.Clone(c.Refused),
	}
	AddAll(k.Accepted, c.Before.Accepted)
	AddAll(k.Refused, c.Before.Refused)
	return k
}

// AddAll adds counts to others by their keys. The map to must be there, unless from is empty.
func AddAll[K comparable](to, from map[K]int64) {
	for k, n := range from {
		to[k] += n
	}
}

// Sum returns the total of counts.
func Sum[K comparable](counts map[K]int64) (total int64) {
	for _, n := range counts {
		total += n
	}
	return total
}
