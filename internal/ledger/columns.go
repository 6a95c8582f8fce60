package ledger

import (
	"context"
	"database/sql"
)

// Column is what runs know of the type of a column of CSV. What Kinds means is the caller's own.
type Column struct {
	Name   string
	Kinds  uint8
	Column string // as the file names it that made it text; this and the rest are zero values where none has
	Path   string
	Line   int64
	Cell   string
}

// saveColumns keeps what a run knows of columns in the place of what those before it knew.
func saveColumns(ctx context.Context, tx *sql.Tx, columns []Column) error {
	for _, c := range columns {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO columns VALUES (?, ?, ?, ?, ?, ?)", c.Name, c.Kinds, c.Column, c.Path, c.Line, c.Cell)
		if err != nil {
			return err
		}
	}
	return nil
}

// Columns returns what runs know of columns.
func (s *Store) Columns(ctx context.Context) (all []Column, err error) {
	for c, err := range query(ctx, s, "reading the column types in", func(rows *sql.Rows) (c Column, err error) {
		err = rows.Scan(&c.Name, &c.Kinds, &c.Column, &c.Path, &c.Line, &c.Cell)
		return c, err
	}, "SELECT name, kinds, \"column\", path, line, cell FROM columns ORDER BY name") {
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}
