package inspect

import (
	"ph2cio/internal/export"
	"ph2cio/internal/posthog"
)

// ColumnInspection is one column of CSV that holds one value.
type ColumnInspection struct {
	Name       string             `json:"name"` // properties.NAME or person.properties.NAME
	Type       string             `json:"type"` // number, boolean, JSON or text; empty where no cell says
	NotNumbers int64              `json:"not_numbers,omitempty"`
	MadeText   *export.TextColumn `json:"made_text,omitempty"`
}

// inspectColumns are the columns of this export.
func inspectColumns(known []posthog.ColumnType) []ColumnInspection {
	all := []ColumnInspection{}
	for _, c := range known {
		if !c.Seen {
			continue
		}
		one := ColumnInspection{Name: c.Name, Type: c.Type, NotNumbers: c.None}
		if c.Mixed {
			made := export.TextColumnOf(&c)
			one.MadeText = &made
		}
		all = append(all, one)
	}
	return all
}
