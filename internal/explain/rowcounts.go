package explain

import (
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer"
)

// shownOperations is how many events are shown.
const shownOperations = 5

// rowCounts counts the person's rows by what becomes of them, and shows the first events.
type rowCounts struct {
	reader     *transfer.Rereader
	mapper     *mapping.Mapper
	rows       map[string]int64
	rules      []mapping.RuleUse // of the mapping file, with the person's rows
	operations []string          // as JSON
}

func newRowCounts(reader *transfer.Rereader, mapper *mapping.Mapper, rules *mapping.Rules) *rowCounts {
	return &rowCounts{reader: reader, mapper: mapper, rules: rules.FileRules(), rows: map[string]int64{}, operations: []string{}}
}

// acted returns the rules that acted on any of the rows.
func (c *rowCounts) acted() (used []mapping.RuleUse) {
	for _, one := range c.rules {
		if one.Rows > 0 {
			used = append(used, one)
		}
	}
	return used
}

// countRules counts a row for the rules that acted on it.
func (c *rowCounts) countRules(acted []int) {
	for _, i := range acted {
		c.rules[i].Rows++
	}
}

// add counts the row that was just read.
func (c *rowCounts) add(e *posthog.Event) {
	c.countRules(c.reader.Acted())
	operation, name := c.outcome(e)
	c.rows[name]++
	if operation != nil && len(c.operations) < shownOperations {
		c.operations = append(c.operations, string(operation))
	}
}

// outcome names what becomes of the row that was just read, and returns the operation that is sent for it;
// nil for none.
func (c *rowCounts) outcome(e *posthog.Event) (operation []byte, name string) {
	switch c.reader.Repeat(e) {
	case transfer.Duplicate:
		return nil, "duplicate"
	case transfer.SentEarlier:
		return nil, "earlier"
	case transfer.CorrectedLate:
		return nil, "skipped." + mapping.ReasonCorrectedLate
	}
	if o := c.reader.Classify(e); o.Bucket == mapping.Skipped {
		return nil, nameOfOutcome(o)
	}
	operation, _, o := c.mapper.Event(nil, e)
	c.countRules(c.mapper.ActedLate)
	if o.Bucket != mapping.Send {
		operation = nil
	}
	return operation, nameOfOutcome(o)
}

// nameOfOutcome names the bucket in which a summary counts a row, with the reason: sent, person,
// skipped.REASON or rejected.REASON. Rows that are repeats of others are called duplicate, and those that an
// earlier run has sent earlier.
func nameOfOutcome(o mapping.Outcome) string {
	switch o.Bucket {
	case mapping.Send:
		return "sent"
	case mapping.FeedsPerson:
		return "person"
	case mapping.Skipped:
		return "skipped." + o.Reason
	}
	return "rejected." + o.Reason
}
