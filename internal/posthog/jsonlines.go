package posthog

import "bytes"

// jsonLines recognises files of one JSON object a line, at least one of the first of which has an `event`.
func jsonLines(h *head) (*layout, *refusal) {
	l := &layout{shape: "JSON lines", split: splitLines, line: decodeJSON}
	seen := newKeysSeen()
	text := h.text
	for len(text) > 0 {
		line, rest, ended := bytes.Cut(text, newline)
		if !ended && !h.whole {
			break
		}
		text = rest
		seen.add(bytes.TrimSpace(line))
		if len(h.options.Columns) == 0 && seen.hasEvent(nil) || seen.objects == mostSeen && seen.hasEvent(l.renamed) {
			break
		}
	}
	l.renamed = renamingFor(h.options.Columns, seen.has)
	if seen.objects > 0 {
		return l, seen.refuse(l.renamed)
	}
	switch first := bytes.TrimSpace([]byte(h.firstLine(0))); {
	case string(first) == "{":
		return nil, refuse("it is one JSON document, not one object a line", "give the events one to a line, for example with jq -c .")
	case len(first) > 1 && first[0] == '{':
		l.renamed = renamingFor(h.options.Columns, func(string) bool { return true })
		return l, nil // a very long first row, or rows that are all broken: each will say what is wrong with it
	}
	return nil, nil
}
