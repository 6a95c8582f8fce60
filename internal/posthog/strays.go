package posthog

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"ph2cio/internal/codec"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/source"
)

// Recognise tells what is in a file that lies in a directory of exports, for sources that are to be read with these options.
//
// A file there is a stray if nothing in it is of an export: it is not compressed, does not begin as JSON does, has no columns
// of events in its first line and is no table, and rows at most as examples in prose. One with the name of an export is never
// a stray: what is wrong with that is trouble, since rows may be missing.
func Recognise(options Options) func(source.Source) source.Content {
	return func(s source.Source) (c source.Content) {
		if exportName(strings.ToLower(filepath.Base(s.Name))) || !isStray(s, options) {
			return c
		}
		c.Stray = true
		c.Row, c.Late = firstEvent(s, options)
		return c
	}
}

// exportName reports whether a name, in lower case, is one that exports have.
func exportName(name string) bool {
	switch filepath.Ext(name) {
	case ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".xlsx",
		".gz", ".zst", ".zstd", ".br", ".lz4", ".sz", ".snappy", ".s2":
		return true
	}
	return false
}

// firstEvent looks for an event among the lines of a text, and tells whether it is too far down for the file to be
// recognised by it. It returns 0 where none is, and for what is no text.
func firstEvent(s source.Source, options Options) (line int, late bool) {
	file, err := s.Open(context.Background(), 0)
	if err != nil {
		return 0, false
	}
	defer file.Close()
	text := bufio.NewReaderSize(file, headSize)
	if head, _ := text.Peek(headSize); bytes.IndexByte(head, 0) >= 0 {
		return 0, false
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, cmp.Or(options.MaxRow, defaultMaxRow))
	for line, after := 1, 0; lines.Scan(); line++ {
		after += len(lines.Bytes()) + 1
		if row := bytes.TrimSpace(lines.Bytes()); len(row) > 0 && row[0] == '{' {
			seen := newKeysSeen()
			if seen.add(row); seen.hasEvent(rowRenamingFor(options.Columns, seen.has)) {
				return line, after > windowSize
			}
		}
	}
	return 0, false
}

// isStray looks at how a file begins. One that cannot be read is none: reading it tells why.
func isStray(s source.Source, options Options) bool {
	head := bytes.TrimPrefix(beginningOf(s, headSize), []byte("\ufeff"))
	switch {
	case exportHead(head):
		return false
	case isTemplate(head) && rowsIn(beginningOf(s, windowSize)) == 0:
		return true
	}
	options.Types, options.Known, options.Until = nil, nil, nil
	for chunk, err := range Read(context.Background(), []source.Source{s}, options) {
		if chunk != nil {
			lines, vague := chunk.layout.line != nil, chunk.layout.vague
			chunk.Release()
			return vague || lines && isProse(s)
		}
		if trouble, ok := errors.AsType[*SourceError](err); !ok || trouble.Kind != Warning {
			return ok && (trouble.Stray || trouble.Kind == Refused && isProse(s) || trouble.Kind == Damaged && strayBrotli(s, options))
		}
	}
	return blankFile(s) || strayBrotli(s, options)
}

// exportHead reports whether a file's first bytes alone show that it is no stray, as those of nearly all
// exports do.
func exportHead(head []byte) bool {
	return codec.IsCompressed(head) || beginsJSON(head)
}

// isProse reports whether a file has some rows as examples do: it does not begin with one, and most of its
// lines are none.
func isProse(s source.Source) bool {
	head := beginningOf(s, windowSize)
	if codec.IsUTF16(head) || slices.ContainsFunc(foreignFiles, func(f foreignFile) bool { return f.is(head) }) {
		return false
	}
	lines := 0
	for line := range bytes.Lines(head) {
		if len(bytes.TrimSpace(line)) > 0 {
			lines++
		}
	}
	rows := rowsIn(head)
	return rows > 0 && 2*rows < lines
}

// rowsIn counts the lines that begin as a row of JSON does.
func rowsIn(text []byte) (rows int) {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '{' && beginsJSON(line) {
			rows++
		}
	}
	return rows
}

// isTemplate reports whether text begins as templates of web pages do; no JSON does, not even damaged.
func isTemplate(head []byte) bool {
	head = bytes.TrimSpace(head)
	return len(head) > 1 && head[0] == '{' && bytes.IndexByte([]byte("{%#"), head[1]) >= 0
}

// beginningOf returns the first bytes of a source, nothing where it cannot be read.
func beginningOf(s source.Source, size int) []byte {
	head, err := s.Head(context.Background(), size)
	if err != nil {
		return nil
	}
	return head
}

// strayBrotli reports whether a file that was taken for brotli, and is damaged as such, has nothing of an
// export in what text it gives: brotli has no magic, and other files make sense as a few bytes of it.
func strayBrotli(s source.Source, options Options) bool {
	head := beginningOf(s, codec.BrotliHead)
	text, found := codec.BrotliText(head)
	if !found || codec.IsCompressed(head) {
		return false
	}
	l, _, refused := recogniseFile(text, false, options)
	return l == nil && (refused == nil || refused.stray)
}

// blankFile reports whether a file that has no rows has no header either.
func blankFile(s source.Source) bool {
	head, err := s.Head(context.Background(), headSize)
	return err == nil && rawjson.Blank(head)
}
