package posthog

import (
	"bytes"
	"encoding/json"
)

// jsonLines recognises files of one JSON object a line, at least one of the first of which has an `event`.
func jsonLines(h *head) (*layout, *refusal) {
	l := &layout{shape: "JSON lines", split: splitLines, line: decodeJSON}
	var other *refusal
	text, objects := h.text, 0
	for len(text) > 0 {
		line, rest, ended := bytes.Cut(text, newline)
		if !ended && !h.whole {
			break
		}
		text = rest
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] != '{' {
			continue
		}
		var keys map[string]json.RawMessage
		if json.Unmarshal(line, &keys) != nil {
			continue
		}
		if _, ok := keys["event"]; ok {
			return l, nil
		}
		if objects++; other == nil {
			other = foreignJSON(keys)
		}
	}
	switch first := bytes.TrimSpace([]byte(h.firstLine(0))); {
	case other != nil:
		return nil, other
	case len(first) > 0 && first[0] == '[', string(first) == "{":
		return nil, refuse("it is one JSON document, not one object a line", "give the events one to a line, for example with jq -c '.[]'")
	case len(first) > 1 && first[0] == '{':
		return l, nil // a very long first row, or rows that are all broken: each will say what is wrong with it
	}
	return nil, nil
}
