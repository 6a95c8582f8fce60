package webreport

import (
	"cmp"
	"slices"

	"ph2cio/internal/inspect"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// files lists the files of a run, first those with something to know.
func (b *builder) files() *section {
	sum := b.d.Summary
	s := &section{ID: "files", Title: "Files that were read"}
	rows, bytes := int64(0), int64(0)
	for i := range sum.Sources {
		rows, bytes = rows+sum.Sources[i].Rows, bytes+sum.Sources[i].Bytes
	}
	if n := len(sum.Sources); n > 0 {
		s.Lead = report.Files(n) + " with " + report.Plural(rows, "row", "rows") + " in " + report.Bytes(bytes) + "."
	}
	b.incomplete(s, sum.Incomplete)
	b.lost(s)
	order := func(one transfer.SourceSummary) int {
		switch {
		case one.Trouble != "":
			return 0
		case one.Warning != "":
			return 1
		case one.Rows == 0:
			return 2
		}
		return 3
	}
	sorted := slices.SortedStableFunc(slices.Values(sum.Sources), func(a, c transfer.SourceSummary) int { return cmp.Compare(order(a), order(c)) })
	t := &table{Heads: append(words("file"), numbers("rows", "size")...)}
	for i := range sorted[:min(len(sorted), b.limits.rows)] {
		one := &sorted[i]
		cells := append(append(text(pathText(one.Path)), count(one.Rows)...), cell{Text: report.Bytes(one.Bytes), Number: true})
		cells[0].Small = fileNotes(one.Trouble, one.Warning, one.Hint)
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	b.fold(t, len(sorted), "All files")
	s.table(t)
	return s
}

// fold makes a long table one that has to be opened.
func (b *builder) fold(t *table, all int, summary string) {
	const most = 12
	if len(t.Rows) > most {
		t.Summary = summary
	}
	t.More = more(all - len(t.Rows))
}

// fileNotes says what is wrong with a file, and what to do about it.
func fileNotes(trouble, warning, hint string) (all []string) {
	if trouble != "" {
		all = append(all, strong+"trouble: "+markEnd+message(trouble))
	}
	if warning != "" {
		all = append(all, strong+"warning: "+markEnd+message(warning))
	}
	if hint != "" {
		all = append(all, message(hint))
	}
	return all
}

func (b *builder) incomplete(s *section, all []*source.Incomplete) {
	for _, one := range all[:min(len(all), b.limits.rows)] {
		text := pathText(one.Manifest) + " lists " + report.Files(one.Files) + ", but " + report.Count(len(one.Missing)) + " " +
			report.PluralWord(len(one.Missing), "is", "are") + " missing"
		if len(one.Missing) > 0 {
			text += ": " + fewOf(one.Missing, len(one.Missing))
		}
		if !one.Since.IsZero() {
			text += ". The list was written " + second(one.Since)
		}
		s.notes(note{Word: "Missing", Text: text + "."})
	}
}

// lost lists files that are gone with rows that waited in them.
func (b *builder) lost(s *section) {
	all := b.d.Summary.LostHistory
	t := &table{
		Caption: "Files that are gone or replaced, with rows that waited in them and that cannot be sent any more",
		Heads:   append(words("file"), numbers("rows", "visitors")...),
	}
	for i := range all[:min(len(all), b.limits.rows)] {
		one := &all[i]
		cells := append(text(pathText(one.Path)), count(one.Rows, one.Visitors)...)
		if len(one.IDs) > 0 {
			cells[0].Small = []string{"of " + fewOf(one.IDs, len(one.IDs))}
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	t.More = more(len(all) - len(t.Rows))
	s.table(t)
}

// inspectedFiles lists the files of an inspection, first those with problems.
func (b *builder) inspectedFiles() *section {
	in := b.d.Inspection
	s := &section{ID: "files", Title: "Files"}
	b.incomplete(s, in.Incomplete)
	sorted := slices.SortedStableFunc(slices.Values(in.Files), func(a, c inspect.File) int {
		return cmp.Compare(goodLast(&a), goodLast(&c))
	})
	t := &table{Heads: append(words("file"), numbers("rows", "size")...)}
	for i := range sorted[:min(len(sorted), b.limits.rows)] {
		f := &sorted[i]
		kind := report.Join(", ", shown(f.Shape, mostOfName), shown(f.Codec, mostOfName))
		if f.RowGroups > 0 {
			kind += ", " + report.Plural(f.RowGroups, "row group", "row groups")
		}
		cells := append(append(text(pathText(f.Path)), count(f.Rows)...), cell{Text: report.Bytes(f.Bytes), Number: true})
		if kind != "" {
			cells[0].Small = []string{kind}
		}
		if f.State != inspect.FileGood {
			cells[0].Small = append(cells[0].Small, strong+shown(f.State, mostOfName)+markEnd)
		}
		cells[0].Small = append(cells[0].Small, fileNotes(f.Trouble, "", f.Hint)...)
		for _, one := range f.Notes {
			cells[0].Small = append(cells[0].Small, message(one))
		}
		if f.BadRows > 0 {
			cells[0].Small = append(cells[0].Small, report.Plural(f.BadRows, "bad row", "bad rows"))
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	b.fold(t, len(sorted), "All files")
	s.table(t)
	b.columns(s)
	return s
}

func goodLast(f *inspect.File) int {
	if f.State == inspect.FileGood {
		return 1
	}
	return 0
}

// columns lists the columns of CSV and of Parquet files.
func (b *builder) columns(s *section) {
	in := b.d.Inspection
	t := &table{Summary: "CSV columns", Heads: words("column", "type")}
	for i := range in.Columns[:min(len(in.Columns), b.limits.rows)] {
		c := &in.Columns[i]
		kind := cell{Text: cmp.Or(shown(c.Type, mostOfName), "empty")}
		if c.MadeText != nil {
			cause := textCause(c.MadeText)
			kind.Small = append([]string{"text because of " + cause.Text}, cause.Small...)
		}
		if c.NotNumbers > 0 {
			kind.Small = append(kind.Small, report.Plural(c.NotNumbers, "cell is not a number and is left out", "cells are not numbers and are left out"))
		}
		t.Rows = append(t.Rows, row{Cells: []cell{{Text: name(c.Name)}, kind}})
	}
	t.More = more(len(in.Columns) - len(t.Rows))
	s.table(t)
	t = &table{Summary: "Parquet columns", Heads: append(words("column", "type", "read"), numbers("files")...)}
	for i := range in.ParquetColumns[:min(len(in.ParquetColumns), b.limits.rows)] {
		c := &in.ParquetColumns[i]
		read := "no"
		if c.Read {
			read = "yes"
		}
		cells := append(text(name(c.Name), shown(c.Type, mostOfName), read), count(c.Files)...)
		if c.Trouble != "" {
			cells[0].Small = []string{message(c.Trouble)}
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	t.More = more(len(in.ParquetColumns) - len(t.Rows))
	s.table(t)
}
