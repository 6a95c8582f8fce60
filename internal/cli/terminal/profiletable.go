package terminal

import (
	"encoding/csv"
	"io"
	"strings"

	"ph2cio/internal/transfer"
)

// ProfileColumns are the names of the columns of ProfileTable.
var ProfileColumns = []string{"identifier_kind", "identifier", "did", "new", "into_kind", "into", "distinct_id", "email", "attributes"}

// ProfileTable writes the profiles that a run has made or changed as CSV for a spreadsheet. Cells that a spreadsheet
// would run are made text.
type ProfileTable struct {
	w     *csv.Writer
	cells []string
}

// NewProfileTable writes the header.
func NewProfileTable(w io.Writer) (*ProfileTable, error) {
	t := &ProfileTable{w: csv.NewWriter(w)}
	return t, t.w.Write(ProfileColumns)
}

// Add writes one profile.
func (t *ProfileTable) Add(p *transfer.MadeProfile) error {
	t.cells = append(t.cells[:0],
		asCell(p.By), asCell(p.Value), string(p.Did), isNew(p.Did), asCell(p.Into.By), asCell(p.Into.Value),
		asCell(p.DistinctID), asCell(p.Email), asCell(strings.Join(p.Attributes, ", ")))
	return t.w.Write(t.cells)
}

// Flush writes what is buffered.
func (t *ProfileTable) Flush() error {
	t.w.Flush()
	return t.w.Error()
}

// isNew says whether Customer.io had no profile before a run has made this change to it.
func isNew(did transfer.ProfileChange) string {
	switch did {
	case transfer.ProfileCreated:
		return "yes"
	case transfer.CreatedOrUpdated, transfer.ProfileMergedInto, transfer.ProfileMergedAway:
		return "unknown"
	}
	return "no"
}
