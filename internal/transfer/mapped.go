package transfer

import (
	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer/deliver"
)

// mapped is a result with the memory of its operations' bodies, which are parts of text. Reusing it keeps
// memory flat.
type mapped struct {
	deliver.Result
	text []byte
	ends []int // of each operation in text
}

// add notes that text has grown by the body of one operation.
func (m *mapped) add(op customerio.Operation, text []byte) {
	m.text = text
	m.Operations = append(m.Operations, op)
	m.ends = append(m.ends, len(text))
}

// cut gives the operations their bodies, once text grows no more and so no longer moves.
func (m *mapped) cut() {
	start := 0
	for i, end := range m.ends {
		m.Operations[i].Body = m.text[start:end]
		start = end
	}
}

// reset makes it empty and keeps its memory.
func (m *mapped) reset() {
	clear(m.Rejects)
	m.Result = deliver.Result{
		Operations: m.Operations[:0], Marks: m.Marks[:0], Recent: m.Recent[:0], Rejects: m.Rejects[:0], Waiting: m.Waiting[:0],
	}
	m.text, m.ends = m.text[:0], m.ends[:0]
}

// countRow counts the outcome of one row. Rows that are sent or rejected are counted by what becomes of them.
func countRow(c *deliver.RowCounts, o *mapping.Outcome) {
	switch o.Bucket {
	case mapping.Skipped:
		c.Skip(o.Reason, 1)
		return
	case mapping.FeedsPerson:
		c.Person++
	}
	c.Read++
}
