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
		one := Column{Name: c.Name, Type: c.Type, NotNumbers: c.None}
		if c.Mixed {
			made := transfer.TextColumnOf(&c)
			one.MadeText = &made
		}
		all = append(all, one)
	}
	return all
}
