package terminal

import (
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// WhoseRows says whose rows are lost: "those of ada and 2 visitors".
func WhoseRows(lost *transfer.LostHistory) string {
	visitors := lost.Visitors - int64(len(lost.IDs))
	counted := report.Plural(visitors, "visitor", "visitors")
	switch {
	case len(lost.IDs) == 0:
		return "those of " + counted
	case visitors == 0:
		counted = ""
	default:
		counted = ", and of " + counted
	}
	return "those of " + FirstFew(len(lost.IDs), len(lost.IDs), func(i int) string { return mapping.ShortID(lost.IDs[i]) }) + counted
}
