package terminal

import (
	"slices"

	"ph2cio/internal/inspect"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
)

// parquetFiles counts the Parquet files whose footers could be read, and their row groups.
func parquetFiles(all []inspect.File) (files, groups int64) {
	for i := range all {
		if all[i].Shape == posthog.ParquetShape {
			files++
			groups += int64(all[i].RowGroups)
		}
	}
	return files, groups
}

// parquetColumns lists the columns of Parquet files, first those that are not read, so that the limit does not
// hide them.
func (t *inspectText) parquetColumns() {
	files, _ := parquetFiles(t.in.Files)
	table := t.table("Parquet columns", left("type"), left("read"), left(""))
	sorted := slices.SortedStableFunc(slices.Values(t.in.ParquetColumns), func(a, b inspect.ParquetColumn) int {
		return readOrder(a) - readOrder(b)
	})
	for _, c := range sorted {
		read, found := t.style.Green("yes"), ""
		if !c.Read {
			read = t.style.Magenta("no")
		}
		if c.Files < files {
			found = "in " + report.Count(c.Files) + " of " + report.Plural(files, "file", "files")
		}
		table.add([]string{nameText(c.Name), c.Type, read, found}, t.style.Dim(OneLine(c.Trouble)))
	}
	t.WriteString(table.String())
}

func readOrder(c inspect.ParquetColumn) int {
	if c.Read {
		return 1
	}
	return 0
}
