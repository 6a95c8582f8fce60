package cli

import (
	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// warnOfDoubleSends warns of events that may be sent twice, because only some rows have a uuid, in this pass
// or in earlier runs.
func (p *program) warnOfDoubleSends(first *transfer.FirstPass) {
	switch n := first.RowsWithoutUUID(); {
	case n > 0:
		p.warnOfNoUUID(n)
	case first.UUIDs.With && first.Before.Without:
		p.warn("earlier runs read rows without a uuid, and these rows have one: an event with a row of each kind is sent twice, because " +
			"nothing shows that both are the same event")
	}
}

func (p *program) warnOfNoUUID(rows int64) {
	p.warn("%s no uuid, and others have one: an event with a row of each kind is sent twice, because nothing shows that both are the same "+
		"event; if two exports hold the same events, read only one", report.Plural(rows, "row has", "rows have"))
}

// warnOfLostRows says which waiting rows can never be sent.
func (p *program) warnOfLostRows(first *transfer.FirstPass) {
	for i := range first.Lost {
		lost := &first.Lost[i]
		rows, whose := report.Plural(lost.Rows, "row", "rows"), terminal.WhoseRows(lost)
		if lost.Gone {
			p.warn("%s is missing, so %s that waited in it cannot be sent: %s", lost.Path, rows, whose)
		} else {
			p.warn("%s no longer contains %s that waited in it, so %s cannot be sent: %s", lost.Path, rows, report.PluralWord(lost.Rows, "it", "they"), whose)
		}
	}
}
