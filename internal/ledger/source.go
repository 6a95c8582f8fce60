package ledger

import (
	"context"
	"database/sql"
)

// Source is one file of a run, as the run read it.
type Source struct {
	Path        string // absolute, or a URL
	Size        int64  // bytes on disk
	Fingerprint string // of its rows
	First       uint64 // number of its first row in reading order over all sources
	Rows        int64
	Trouble     string // why it was not read to its end
	Modified    int64  // unix nanoseconds; 0 when unknown
	Ends        string // a fingerprint of its first and last bytes, or of the tag of an object; empty if unknown
}

// At returns the source under another path and with another size.
func (s Source) At(path string, size int64) Source {
	s.Path, s.Size = path, size
	return s
}

// SameContent reports whether two runs have found the same in a source. When the file was written, and a
// fingerprint of its ends, do not matter.
func (s Source) SameContent(o Source) bool {
	o.Modified, o.Ends = s.Modified, s.Ends
	return s == o
}

// addSources saves the sources of a run.
func addSources(ctx context.Context, tx *sql.Tx, run int64, sources []Source) error {
	add, err := tx.PrepareContext(ctx, "INSERT INTO sources (run, number, path, size, fingerprint, first, rows, trouble, modified, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer add.Close()
	for i, source := range sources {
		trouble := sql.NullString{String: source.Trouble, Valid: source.Trouble != ""}
		_, err := add.ExecContext(ctx, run, i, source.Path, source.Size, source.Fingerprint, int64(source.First), source.Rows, trouble,
			sql.NullInt64{Int64: source.Modified, Valid: source.Modified != 0}, sql.NullString{String: source.Ends, Valid: source.Ends != ""})
		if err != nil {
			return err
		}
	}
	return nil
}

// scanSource reads the columns of a source, and those behind them into more.
func scanSource(rows *sql.Rows, more ...any) (one Source, err error) {
	var first int64
	var trouble sql.NullString
	var modified sql.NullInt64
	var ends sql.NullString
	into := append([]any{&one.Path, &one.Size, &one.Fingerprint, &first, &one.Rows, &trouble, &modified, &ends}, more...)
	err = rows.Scan(into...)
	one.First, one.Trouble, one.Modified, one.Ends = uint64(first), trouble.String, modified.Int64, ends.String
	return one, err
}

// sourcesOf returns the sources of a run in reading order.
func (s *Store) sourcesOf(ctx context.Context, run int64) ([]Source, error) {
	return query[Source]{
		doing: "reading the runs in",
		text:  "SELECT path, size, fingerprint, first, rows, trouble, modified, ends FROM sources WHERE run = ? ORDER BY number",
		scan:  func(rows *sql.Rows) (Source, error) { return scanSource(rows) },
	}.all(ctx, s, run)
}
