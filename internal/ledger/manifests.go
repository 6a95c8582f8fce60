package ledger

import (
	"context"
	"database/sql"
)

// Manifest is the manifest of a batch export in a store of objects. Runs have read all files that it lists.
type Manifest struct {
	Path string // its URL
	Ends string // stands for its version, as for a Source
}

// saveManifests saves manifests, each in place of another version.
func saveManifests(ctx context.Context, tx *sql.Tx, manifests []Manifest) error {
	for _, one := range manifests {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO manifests VALUES (?, ?)", one.Path, one.Ends); err != nil {
			return err
		}
	}
	return nil
}

// Manifests returns the manifests that runs have saved.
func (s *Store) Manifests(ctx context.Context) ([]Manifest, error) {
	return query[Manifest]{
		doing: "reading the manifests in", text: "SELECT path, ends FROM manifests",
		scan: func(rows *sql.Rows) (m Manifest, err error) {
			err = rows.Scan(&m.Path, &m.Ends)
			return m, err
		},
	}.all(ctx, s)
}
