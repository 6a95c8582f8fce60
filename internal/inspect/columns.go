package inspect

import (
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer"
)

// columnResults lists the columns that this export has.
func columnResults(known []posthog.ColumnType) []Column {
	all := []Column{}
	for _, c := range known {
		if !c.Seen {
			continue
		}
		var madeText *transfer.TextColumn
		if c.Mixed {
			made := transfer.TextColumnOf(&c)
			madeText = &made
		}
		all = append(all, Column{Name: c.Name, Type: c.Type, NotNumbers: c.None, MadeText: madeText})
	}
	return all
}
