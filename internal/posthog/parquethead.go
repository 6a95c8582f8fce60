package posthog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ph2cio/internal/escape"
	"ph2cio/internal/parquet"
)

// parquetHead is what a Parquet file says of its columns.
type parquetHead struct {
	head     // their names
	all      []parquet.Column
	chosen   []parquetColumn // those that are read, in the order of a row's cells
	unusable []int           // columns of properties that cannot be read
}

func newParquetHead(all []parquet.Column, options Options) *parquetHead {
	h := &parquetHead{all: all}
	h.options = options
	for _, c := range all {
		h.written = append(h.written, strings.ToValidUTF8(c.Name, "\ufffd"))
	}
	h.names = slices.Clone(h.written)
	h.fold(options.Columns)
	return h
}

// choose adds a column to those that are read, and returns which cell it is.
func (h *parquetHead) choose(column int) (cell int) {
	h.chosen = append(h.chosen, parquetColumn{h.all[column], column})
	return len(h.chosen) - 1
}

// field adds the first column that exists to those that are read, and returns which cell it is: -1 if there
// is none. It refuses a column that cannot be read, or that is not of the kind that its field needs.
func (h *parquetHead) field(names []string, fits func(c *parquetColumn) bool) (cell int, refused *refusal) {
	column := h.anyColumn(names...)
	if column < 0 {
		return -1, nil
	}
	c := &parquetColumn{h.all[column], column}
	switch {
	case c.Trouble != "":
		return -1, refuse("the column "+escape.Quoted(h.written[column])+" cannot be read: "+c.Trouble, c.Cure)
	case !fits(c):
		return -1, refuse("the column "+escape.Quoted(h.written[column])+" is "+c.Type+", not text",
			"write it as text, as PostHog's batch exports do; if the field is in another column, use --column")
	}
	return h.choose(column), nil
}

// flat finds the columns of an object that has one for each of its keys.
func (h *parquetHead) flat(x *flattened, prefixes ...string) {
	readable := h.head
	readable.names = slices.Clone(h.names)
	for i, name := range h.names {
		within := slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if within && h.all[i].Trouble != "" {
			h.unusable = append(h.unusable, i)
			readable.names[i] = ""
		}
	}
	x.find(&readable, h.choose, prefixes...)
	x.root.complete("", func(string, int) (slot int) { return 0 })
}

// chosenName returns the name of the column of a cell, as PostHog has it.
func (h *parquetHead) chosenName(cell int) string { return h.names[h.chosen[cell].index] }

// leftOut returns a warning about the columns that are not read, unless PostHog's own exports have them too.
// It returns nil if there are none.
func (h *parquetHead) leftOut(takes func(name string) bool) *SourceError {
	const advice = "write lists, maps and structs as JSON text"
	said := leftOut(h.names, func(name string) bool { return takes(name) || slices.Contains(h.unusable, h.column(name)) })
	if said != nil && slices.ContainsFunc(h.all, func(c parquet.Column) bool { return c.Kind == parquet.Nested }) {
		said.Advice += "; " + advice
	}
	if len(h.unusable) == 0 {
		return said
	}
	var unusable []string
	for _, column := range h.unusable {
		unusable = append(unusable, h.written[column]+" ("+h.all[column].Trouble+")")
	}
	err := errors.New("these columns cannot be read and are left out: " + listed(unusable))
	if said == nil {
		return &SourceError{Kind: Warning, Err: err, Advice: advice}
	}
	said.Err = fmt.Errorf("%w; %w", err, said.Err)
	return said
}
