package ledger

import (
	"context"
	"database/sql"
)

// Column is what runs have found out about the type of a CSV column. Kinds has a bit for each kind of cell
// that the column had; the caller decides which. If a cell made the column text, the other fields say which.
type Column struct {
	Name   string
	Kinds  uint8
	Column string // its name in the file with that cell; this and the rest are zero if there is none
	Path   string
	Line   int64
	Cell   string
}

// saveColumns replaces the column types of earlier runs by those of this run.
func saveColumns(ctx context.Context, tx *sql.Tx, columns []Column) error {
	for _, c := range columns {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO columns VALUES (?, ?, ?, ?, ?, ?)", c.Name, c.Kinds, c.Column, c.Path, c.Line, c.Cell)
		if err != nil {
			return err
		}
	}
	return nil
}

// Columns returns the column types that runs have saved.
func (s *Store) Columns(ctx context.Context) ([]Column, error) {
	return query[Column]{
		doing: "reading the column types in",
		text:  "SELECT name, kinds, \"column\", path, line, cell FROM columns ORDER BY name",
		scan: func(rows *sql.Rows) (c Column, err error) {
			err = rows.Scan(&c.Name, &c.Kinds, &c.Column, &c.Path, &c.Line, &c.Cell)
			return c, err
		},
	}.all(ctx, s)
}
