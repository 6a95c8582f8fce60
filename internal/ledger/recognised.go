package ledger

import (
	"context"
	"database/sql"
)

// Recognised is what was found in an object of a store whose name does not say what it is. It stays true for
// this version of the object.
type Recognised struct {
	Path  string // its URL
	Ends  string // stands for its version, as for a Source
	Rules string // stands for what decided: the program, and the flags that say how to read

	Stray bool // it is no export
	Row   int  // of a stray: the first line that is a row of an export nevertheless, from 1; 0 for none
	Late  bool // that row comes too late for recognising the object
}

// SaveRecognised saves what was found in objects, each in place of what was known of the same path. The error
// is a *StateError.
func (s *Store) SaveRecognised(ctx context.Context, found []Recognised) error {
	return s.wrapError("saving what is in objects to", s.transaction(ctx, func(tx *sql.Tx) error {
		for i := range found {
			one := &found[i]
			_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO recognised VALUES (?, ?, ?, ?, ?, ?)",
				one.Path, one.Ends, one.Rules, one.Stray, one.Row, one.Late)
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// Recognised returns all that was saved of objects.
func (s *Store) Recognised(ctx context.Context) ([]Recognised, error) {
	return query[Recognised]{
		doing: "reading what is in objects from", text: "SELECT path, ends, rules, stray, row, late FROM recognised",
		scan: func(rows *sql.Rows) (r Recognised, err error) {
			err = rows.Scan(&r.Path, &r.Ends, &r.Rules, &r.Stray, &r.Row, &r.Late)
			return r, err
		},
	}.all(ctx, s)
}
