package posthog

import (
	"bytes"

	"ph2cio/internal/rawjson"
)

// eventLines recognises files whose first line is an event, as in nearly all files, without trying every
// shape. That makes exports of thousands of small files fast.
func eventLines(text []byte, options Options) *layout {
	end := bytes.IndexByte(text, '\n')
	if end < 0 || text[0] != '{' || len(options.Columns) > 0 {
		return nil
	}
	if line := text[:end+1]; hasEvent(line) || isEvent(line) {
		return linesOf(nil).completed(options.Zone)
	}
	return nil
}

// hasEvent reports whether a line has an `event` before anything nested, which can be seen without reading
// all of it.
func hasEvent(line []byte) bool {
	nested := bytes.IndexAny(line[1:], "{[")
	if nested < 0 {
		return false
	}
	key := []byte(`"event":"`)
	at := bytes.Index(line[:nested+1], key)
	if at <= 0 || line[at-1] != '{' && line[at-1] != ',' {
		return false
	}
	next := line[at+len(key)]
	return next > ' ' && next != '"'
}

// anyEvent reports whether one of the first lines is an event with PostHog's own names.
func anyEvent(text []byte) bool {
	seen := 0
	for line := range bytes.Lines(text) {
		if seen++; seen > mostSeen || line[len(line)-1] != '\n' {
			break
		}
		if isEvent(line) {
			return true
		}
	}
	return false
}

// isEvent reports whether a line can be decoded, with PostHog's own names.
func isEvent(line []byte) bool {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	d.begin()
	d.renamed = nil // it may have the names of another file
	end := len(line) - 1
	if cap(line) < end+1+rawjson.Guard {
		line = append(make([]byte, 0, end+1+rawjson.Guard), line...)
	}
	line = line[:end+1+rawjson.Guard]
	d.rows.Begin(line, end+1)
	_, fault := decodeJSON(d, 0)
	return fault == nil
}

// linesOf returns the layout of JSON lines with these names of keys.
func linesOf(renamed renaming) *layout {
	return &layout{shape: "JSON lines", split: splitLines, line: decodeJSON, renamed: renamed}
}

// jsonLines recognises files of one JSON object a line, at least one of the first of which has an `event`.
func jsonLines(h *head) (*layout, *refusal) {
	seen := newKeysSeen()
	text := h.text
	for len(text) > 0 {
		line, rest, ended := bytes.Cut(text, newline)
		if !ended && !h.whole {
			break
		}
		text = rest
		seen.add(bytes.TrimSpace(line))
		if (len(h.options.Columns) == 0 || seen.objects == mostSeen) && seen.hasEvent(nil) {
			break
		}
	}
	if seen.objects > 0 {
		renamed := rowRenamingFor(h.options.Columns, seen.has)
		return linesOf(renamed), seen.refuse(renamed)
	}
	switch first := bytes.TrimSpace([]byte(h.firstLine(0))); {
	case string(first) == "{":
		return nil, refuse("the file is one JSON document, not one object per line",
			"write one event per line, for example with jq -c .")
	case len(first) > 1 && first[0] == '{':
		// A very long first row, or only bad rows: decoding reports each.
		return linesOf(renamingFor(h.options.Columns, func(string) bool { return true })), nil
	}
	return nil, nil
}
