package worlds

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// form is how the rows of a file are written and compressed.
type form int

const (
	plain form = iota
	gzipped
	gzippedRows // as PostHog writes it: a member for each row
	zstandard
	csvText
	gzippedCSV
	forms
)

// file is one file of the directory.
type file struct {
	name    string
	form    form
	rows    []*row
	damaged bool
	read    bool // a sync that came to its end has read all that is in it
	mended  bool // it was damaged, and no sync that came to its end has read it since
}

// ending is what the names of files of a form end with.
func (f form) ending() string {
	return map[form]string{
		plain: ".jsonl", gzipped: ".jsonl.gz", gzippedRows: ".jsonl.gz", zstandard: ".jsonl.zst", csvText: ".csv", gzippedCSV: ".csv.gz",
	}[f]
}

// insert adds rows at a place.
func (f *file) insert(at int, rows ...*row) {
	f.rows = slices.Insert(slices.Clone(f.rows), at, rows...)
	f.read = false
}

// replace puts another version of a row in its place.
func (f *file) replace(at int, r *row) {
	f.rows = slices.Clone(f.rows)
	f.rows[at] = r
	f.read = false
}

// rename gives a file a name and a form, and returns its name before.
func (f *file) rename(name string, as form) (before string) {
	before = f.name
	f.name, f.form = name, as
	return before
}

func (f *file) setDamaged(damaged bool) { f.damaged, f.mended = damaged, !damaged }

func (f *file) setRead() { f.read, f.mended = true, false }

func (f *file) isSound() bool { return !f.damaged }

// isWhole reports whether a sync has read a file to its end, so that the file may change without losing rows
// that nobody has read.
func (f *file) isWhole() bool { return f.read && !f.damaged }

// bytes is the file as it stands on the disk when nothing is wrong with it. The last line may lack its
// newline, except in CSV, where a sync leaves such a line for later.
func (f *file) bytes(newline bool) []byte {
	if f.form == csvText || f.form == gzippedCSV {
		text := csvOf(f.rows)
		if f.form == gzippedCSV {
			return gzipOf(text)
		}
		return []byte(text)
	}
	var lines []string
	for _, r := range f.rows {
		lines = append(lines, r.line())
	}
	if len(lines) > 0 && !newline {
		lines[len(lines)-1] = strings.TrimSuffix(lines[len(lines)-1], "\n")
	}
	switch f.form {
	case gzipped:
		return gzipOf(strings.Join(lines, ""))
	case gzippedRows:
		var all []byte
		for _, line := range lines {
			all = append(all, gzipOf(line)...)
		}
		return all
	case zstandard:
		encoder, err := zstd.NewWriter(nil)
		if err != nil {
			panic(err)
		}
		return encoder.EncodeAll([]byte(strings.Join(lines, "")), nil)
	}
	return []byte(strings.Join(lines, ""))
}

// csvOf is rows as CSV. The last column is in quotes, so that a row that is cut off is never whole.
func csvOf(rows []*row) string {
	var text strings.Builder
	w := csv.NewWriter(&text)
	_ = w.Write([]string{"uuid", "event", "distinct_id", "timestamp", "created_at", "person_id", "person_properties", "properties"})
	for _, r := range rows {
		m := r.members()
		snapshot := ""
		if r.snapshot != nil {
			snapshot = encoded(m["person_properties"])
		}
		_ = w.Write([]string{
			uuidOf(r.id), r.event, r.who, m["timestamp"].(string), stamp(r.createdAt), r.personID, snapshot, encoded(m["properties"]),
		})
	}
	w.Flush()
	return text.String()
}

func gzipOf(text string) []byte {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return packed.Bytes()
}
