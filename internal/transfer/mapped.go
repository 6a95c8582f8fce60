package transfer

import (
	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer/deliver"
)

// mapped is a result whose operations have their bodies in one text. It is used again for other results.
type mapped struct {
	deliver.Result
	text []byte
	ends []int // of each operation in text
}

// add adds an operation. text is the text so far, with the body of the operation at its end.
func (m *mapped) add(op customerio.Operation, text []byte) {
	m.text = text
	m.Operations = append(m.Operations, op)
	m.ends = append(m.ends, len(text))
}

// cut gives the operations their bodies, once all are added: until then the text may move in memory.
func (m *mapped) cut() {
	start := 0
	for i, end := range m.ends {
		m.Operations[i].Body = m.text[start:end]
		start = end
	}
}

// reset empties it for another use.
func (m *mapped) reset() {
	clear(m.Rejects)
	m.Result = deliver.Result{
		Operations: m.Operations[:0], Marks: m.Marks[:0], Recent: m.Recent[:0], Rejects: m.Rejects[:0], Waiting: m.Waiting[:0],
		Corrections: m.Corrections[:0], Settled: m.Settled[:0],
	}
	m.text, m.ends = m.text[:0], m.ends[:0]
}

// countRow counts a row as read, and as skipped or feeding a person. Package deliver counts rows as sent or
// rejected.
func countRow(c *deliver.RowCounts, o *mapping.Outcome) {
	switch o.Bucket {
	case mapping.Skipped:
		c.Skip(o.Reason, 1)
	case mapping.FeedsPerson:
		c.PersonRow()
	default:
		c.Row()
	}
}
