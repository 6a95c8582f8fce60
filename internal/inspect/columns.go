package inspect

import (
	"ph2cio/internal/export"
	"ph2cio/internal/posthog"
)

// Column is one column of CSV that holds one value.
type Column struct {
	Name       string             `json:"name"` // properties.NAME or person.properties.NAME
	Type       string             `json:"type"` // number, boolean, JSON or text; empty where no cell says
	NotNumbers int64              `json:"not_numbers,omitempty"`
	MadeText   *export.TextColumn `json:"made_text,omitempty"`
}

// columnResults are the columns of this export.
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
