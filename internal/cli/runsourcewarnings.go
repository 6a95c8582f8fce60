package cli

import (
	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/mapping"
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
	for _, lost := range first.Lost {
		if len(lost.IDs) == 0 {
			p.warn("%s no longer contains rows of %s not identified yet; those rows cannot be sent later", lost.Path, report.Plural(lost.Visitors, "visitor", "visitors"))
			continue
		}
		others := ""
		if n := lost.Visitors - int64(len(lost.IDs)); n > 0 {
			others = ", and those of " + report.Plural(n, "visitor", "visitors")
		}
		p.warn("%s is missing, so rows that waited in it cannot be sent, those of %s%s", lost.Path,
			terminal.FirstFew(len(lost.IDs), len(lost.IDs), func(i int) string { return mapping.ShortID(lost.IDs[i]) }), others)
	}
}
