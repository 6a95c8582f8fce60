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

// Recognise returns a function that classifies files in a directory of exports, for reading with these
// options.
//
// Such a file is a stray if nothing in it belongs to an export: it is not compressed, does not begin like
// JSON, has no columns of events in its first line, is no table, and has rows only as examples in prose. A
// file with the name of an export is never a stray: if it cannot be read, rows may be missing.
func Recognise(options Options) func(context.Context, source.Source) source.Content {
	return func(ctx context.Context, s source.Source) (c source.Content) {
		if HasExportName(s) {
			return c
		}
		var store *watchedStore
		if s.In != nil {
			store = &watchedStore{Store: s.In}
			s.In = store
		}
		if isStray(ctx, s, options) {
			c.Stray = true
			c.Row, c.Late = firstEvent(ctx, s, options)
		}
		c.Unread = store != nil && store.failed.Load()
		return c
	}
}

// HasExportName reports whether a source has the name of an export, so that Recognise does not open it.
func HasExportName(s source.Source) bool { return exportName(strings.ToLower(source.Base(s.Name))) }

// exportName reports whether a name, in lower case, is typical of exports.
func exportName(name string) bool {
	switch filepath.Ext(name) {
	case ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".xlsx",
		".gz", ".zst", ".zstd", ".br", ".lz4", ".sz", ".snappy", ".s2":
		return true
	}
	return false
}

// firstEvent returns the first line of a text that is an event, and whether it comes too late for recognising
// the file. The line is 0 if there is none, or if the source is not text.
func firstEvent(ctx context.Context, s source.Source, options Options) (line int, late bool) {
	file, err := s.Open(ctx, 0)
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

// isStray reports whether the beginning of a file is that of a stray. One that cannot be read is none:
// reading it reports the error.
func isStray(ctx context.Context, s source.Source, options Options) bool {
	head := bytes.TrimPrefix(beginningOf(ctx, s, headSize), []byte("\ufeff"))
	switch {
	case exportHead(head):
		return false
	case isTemplate(head) && rowsIn(beginningOf(ctx, s, windowSize)) == 0:
		return true
	}
	options.Types, options.Known, options.Until = nil, nil, nil
	options.Beginning = true
	for chunk, err := range Read(ctx, []source.Source{s}, options) {
		if chunk != nil {
			lines, vague := chunk.layout.line != nil, chunk.layout.vague
			chunk.Release()
			return vague || lines && isProse(ctx, s)
		}
		if trouble, ok := errors.AsType[*SourceError](err); !ok || trouble.Kind != Warning {
			return ok && (trouble.Stray || trouble.Kind == Refused && isProse(ctx, s) || trouble.Kind == Damaged && strayBrotli(ctx, s, options))
		}
	}
	return blankFile(ctx, s) || strayBrotli(ctx, s, options)
}

// exportHead reports whether the first bytes alone show that a file is no stray, as for nearly all exports.
func exportHead(head []byte) bool {
	return codec.IsCompressed(head) || isParquet(head) || beginsJSON(head)
}

// isProse reports whether a file is prose with rows as examples: it does not begin with a row, and most of
// its lines are not rows.
func isProse(ctx context.Context, s source.Source) bool {
	head := beginningOf(ctx, s, windowSize)
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

// rowsIn counts the lines that begin like a row of JSON.
func rowsIn(text []byte) (rows int) {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '{' && beginsJSON(line) {
			rows++
		}
	}
	return rows
}

// isTemplate reports whether text begins like the template of a web page, as no JSON does, not even damaged
// JSON.
func isTemplate(head []byte) bool {
	head = bytes.TrimSpace(head)
	return len(head) > 1 && head[0] == '{' && bytes.IndexByte([]byte("{%#"), head[1]) >= 0
}

// beginningOf returns the first bytes of a source, none if it cannot be read.
func beginningOf(ctx context.Context, s source.Source, size int) []byte {
	head, err := s.Head(ctx, size)
	if err != nil {
		return nil
	}
	return head
}

// strayBrotli reports whether a file that is damaged brotli contains no text of an export. Brotli has no
// magic number, so the beginning of another file may look like it.
func strayBrotli(ctx context.Context, s source.Source, options Options) bool {
	head := beginningOf(ctx, s, codec.BrotliHead)
	text, found := codec.BrotliText(head)
	if !found || codec.IsCompressed(head) {
		return false
	}
	l, _, refused := recogniseFile(text, false, options)
	return l == nil && (refused == nil || refused.stray)
}

// blankFile reports whether a file without rows has no header either.
func blankFile(ctx context.Context, s source.Source) bool {
	head, err := s.Head(ctx, headSize)
	return err == nil && rawjson.Blank(head)
}
