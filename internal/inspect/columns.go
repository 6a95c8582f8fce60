package inspect

import (
	"ph2cio/internal/export"
	"ph2cio/internal/posthog"
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
			made := export.TextColumnOf(&c)
			one.MadeText = &made
		}
		all = append(all, one)
	}
	return all
}
