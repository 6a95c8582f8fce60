package transfer

import (
	"context"

	"ph2cio/internal/posthog"
)

// TextColumn is a column of CSV that is text, though some of its cells alone would not be.
type TextColumn struct {
	Name   string `json:"name"`             // properties.NAME or person.properties.NAME
	Before string `json:"before,omitempty"` // the type it was sent with by earlier runs
	Column string `json:"column,omitempty"` // as the file names it
	File   string `json:"file,omitempty"`   // of the cell that made it text; empty where that is not known any more
	Line   int64  `json:"line,omitempty"`   // on which that cell's row starts, from 1
	Cell   string `json:"cell,omitempty"`   // at most 60 bytes of it
}

// ValueNotNumber is the kind of values_cut for cells that are nan or infinite.
const ValueNotNumber = "not_a_number"

// columnTypes returns the types of columns that earlier runs know, and guesses the others by the beginnings
// of the sources.
func columnTypes(ctx context.Context, input *Input) (*posthog.ColumnTypes, error) {
	var known []posthog.ColumnType
	if input.State != nil {
		columns, err := input.State.Columns(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range columns {
			known = append(known, posthog.ColumnType{
				Name: c.Name, Kinds: c.Kinds, Made: posthog.CellPlace{Column: c.Column, Path: c.Path, Line: c.Line, Text: c.Cell},
			})
		}
	}
	types := posthog.NewColumnTypes(known)
	posthog.GuessPersonTypes(ctx, types, input.Persons, input.personsRead(nil))
	posthog.GuessTypes(ctx, types, input.Sources, input.Read)
	return types, nil
}

// TextColumnOf says what made a column text. The column must be Mixed.
func TextColumnOf(c *posthog.ColumnType) TextColumn {
	return TextColumn{Name: c.Name, Before: c.Before, Column: c.Made.Column, File: c.Made.Path, Line: c.Made.Line, Cell: c.Made.Text}
}
