package posthog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// document recognises one JSON document whose rows are the elements of an array: a list of events or a
// query's result, as PostHog's API answers, a batch for its capture API, or just an array of events. It may
// be larger than memory and a single line. This function reads its beginning, up to the array.
func document(h *head) (*layout, *refusal) {
	doc := &documentHead{keys: map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader(h.text))
	if !doc.findArray(d, h.text) {
		return nil, doc.beyond(h)
	}
	if h.firstIsEvent() {
		return nil, nil
	}
	header := int(d.InputOffset())
	first := bytes.TrimLeft(h.text[header:], " \t\r\n")
	doc.readElements(d)
	switch {
	case len(first) == 0 || first[0] == ']' || first[0] == '{':
		return doc.objects(h, header)
	case first[0] == '[' && doc.open != "[":
		return doc.query(h, d, header)
	}
	return nil, nil // text that begins with a bracket, such as a log's
}

// firstIsEvent reports whether the first line is an event, which may have keys with lists too.
func (h *head) firstIsEvent() bool {
	seen := newKeysSeen()
	seen.add([]byte(h.firstLine(0)))
	return seen.hasEvent(renamingFor(h.options.Columns, seen.has))
}

// documentHead is the parsed beginning of a document.
type documentHead struct {
	open     string                     // what opens the array
	keys     map[string]json.RawMessage // before the array
	elements []json.RawMessage          // the first ones
	cut      string                     // the key whose value continues after the beginning
}

// arrayKeys are the keys under which an object has its rows: an answer of PostHog's API, a batch for it,
// ClickHouse's JSON.
var arrayKeys = map[string]bool{"results": true, "batch": true, "data": true}

// findArray moves to the first element of the array with the rows. It returns false if there is none.
func (doc *documentHead) findArray(d *json.Decoder, text []byte) bool {
	switch first, _ := d.Token(); first {
	case json.Delim('['):
		doc.open = "["
		return true
	case json.Delim('{'):
	default:
		return false
	}
	for d.More() {
		token, err := d.Token()
		key, ok := token.(string)
		if err != nil || !ok || key == "event" {
			return false
		}
		if arrayKeys[key] {
			value := bytes.TrimLeft(text[d.InputOffset():], " \t\r\n:")
			if len(value) > 0 && value[0] == '[' {
				_, err := d.Token()
				doc.open = `{"":[`
				return err == nil
			}
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				doc.cut = key
			}
			return false
		}
		doc.keys[key] = raw
	}
	return false
}

// beyond refuses a document whose list of rows begins too late to be found. It returns nil if the document
// may be a row.
func (doc *documentHead) beyond(h *head) *refusal {
	if doc.cut == "" || h.whole || len(h.options.Columns) > 0 {
		return nil
	}
	doc.keys[doc.cut] = nil
	for key := range doc.keys {
		if isField([]byte(key)) {
			return nil
		}
	}
	return refuse("the file is a JSON document without rows in its first "+fmt.Sprint(len(h.text)>>20)+" MiB",
		"move the rows to the front, for example with jq '{columns, results} + .'")
}

// readElements reads the first elements, as many as are complete.
func (doc *documentHead) readElements(d *json.Decoder) {
	for len(doc.elements) < mostSeen && d.More() {
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			return
		}
		doc.elements = append(doc.elements, raw)
	}
}

// ending returns the check of the text after the last row.
func (doc *documentHead) ending() func(rest []byte) *SourceError {
	end := &documentEnd{open: doc.open, next: doc.keys["next"], more: doc.keys["hasMore"]}
	return end.check
}

// objects returns the layout of a document whose rows are objects. header is where they begin.
func (doc *documentHead) objects(h *head, header int) (*layout, *refusal) {
	seen := newKeysSeen()
	for _, raw := range doc.elements {
		seen.add(raw)
	}
	renamed := rowRenamingFor(h.options.Columns, func(name string) bool { return seen.objects == 0 || seen.has(name) })
	return &layout{
		shape: "JSON document", header: header, csv: true, elements: new(elements), ending: doc.ending(),
		renamed: renamed, decode: decodeElement,
	}, seen.refuse(renamed)
}

// query returns the layout of a document whose rows are arrays in the order of its `columns`. header is where
// they begin, and d has read the first of them.
func (doc *documentHead) query(h *head, d *json.Decoder, header int) (*layout, *refusal) {
	raw := doc.keys["columns"]
	if raw == nil && h.whole {
		raw = keysAfter(d)["columns"]
	}
	var names []string
	if json.Unmarshal(raw, &names) != nil || len(names) == 0 {
		return nil, refuse("the rows are arrays, and no `columns` before them says what they hold",
			"put `columns` before `results`, for example with jq '{columns, results}'")
	}
	q := newQuery(names, h.options.Columns)
	return &layout{
		shape: "JSON document", header: header, csv: true, elements: new(elements), ending: doc.ending(),
		named: q.named, said: q.leftOut(), decode: q.decode,
	}, q.refuse(names)
}

// keysAfter reads the rest of an array and the keys after it.
func keysAfter(d *json.Decoder) map[string]json.RawMessage {
	keys := map[string]json.RawMessage{}
	var raw json.RawMessage
	for d.More() {
		if d.Decode(&raw) != nil {
			return keys
		}
	}
	for _, err := d.Token(); err == nil && d.More(); {
		var token json.Token
		if token, err = d.Token(); err == nil {
			key, _ := token.(string)
			raw = nil
			err = d.Decode(&raw)
			keys[key] = raw
		}
	}
	return keys
}

// documentEnd checks what comes after the rows.
type documentEnd struct {
	open string
	next json.RawMessage // `next` of a list of events: where the next page is
	more json.RawMessage // `hasMore` of a query's result
}

// check returns an error or a warning about a document that ends with rest, which is the text after the last
// complete row.
func (e *documentEnd) check(rest []byte) *SourceError {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if len(rest) == 0 || rest[0] != ']' {
		return &SourceError{
			Kind: Damaged, Err: errors.New("the file ends in the middle of its list of rows"),
			Advice: "get a new copy of the file; the rows in this one were read",
		}
	}
	d := json.NewDecoder(io.MultiReader(bytes.NewReader([]byte(e.open)), bytes.NewReader(rest)))
	var whole json.RawMessage
	if err := d.Decode(&whole); err != nil {
		return &SourceError{
			Kind: Damaged, Err: errors.New("the JSON document does not end properly"),
			Advice: "get a new copy of the file; the rows in this one were read",
		}
	}
	if d.More() {
		return &SourceError{
			Kind: Damaged, Err: errors.New("the text after the JSON document was not read"),
			Advice: "put each document into a file of its own",
		}
	}
	if e.open != "[" {
		if second := e.readKeys(whole); second != "" {
			return &SourceError{
				Kind: Damaged, Err: fmt.Errorf("the file has a second list of rows, `%s`, which was not read", second),
				Advice: "put each list into a file of its own, for example with jq ." + second,
			}
		}
	}
	if text := string(e.next); text != "" && text != "null" && text != `""` || string(e.more) == "true" {
		return &SourceError{
			Kind: Warning, Err: errors.New("PostHog has more rows than this response contains"),
			Advice: "get the next pages too; for a long history use a batch export",
		}
	}
	return nil
}

// readKeys reads the keys after the rows. It returns the name of a second list of rows, if there is one.
func (e *documentEnd) readKeys(whole []byte) (second string) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(whole, &keys) != nil {
		return ""
	}
	for name, to := range map[string]*json.RawMessage{"next": &e.next, "hasMore": &e.more} {
		if raw, ok := keys[name]; ok {
			*to = raw
		}
	}
	for _, name := range slices.Sorted(maps.Keys(arrayKeys)) {
		var rows []json.RawMessage
		if json.Unmarshal(keys[name], &rows) == nil && len(rows) > 0 && (rows[0][0] == '{' || rows[0][0] == '[') {
			return name
		}
	}
	return ""
}
