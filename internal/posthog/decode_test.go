package posthog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/source"
)

// row is an event, or a bad row, with its bytes copied.
type row struct {
	Ref                                     uint64
	Line                                    int64
	Reason                                  string
	UUID, Name, DistinctID, PersonID        string
	TeamID                                  int64
	Timestamp, CreatedAt                    Time
	ElementsChain                           string // JSON
	Properties, PersonProperties            string
	Set, SetOnce, Unset                     string
	Personless, IsIdentified, WebVisitor    bool
	UserID, DeviceID, AnonDistinctID, Alias string
	Members                                 map[string]string // by plain key; of equal keys the last
}

func copyOf(e *Event) row {
	r := row{
		Ref: e.Ref, Line: e.Line, Name: string(e.Name), DistinctID: string(e.DistinctID), PersonID: string(e.PersonID),
		TeamID: e.TeamID, Timestamp: e.Timestamp, CreatedAt: e.CreatedAt,
		ElementsChain: string(e.ElementsChain),
		Properties:    string(e.Properties), PersonProperties: string(e.PersonProperties),
		Set: string(e.Set), SetOnce: string(e.SetOnce), Unset: string(e.Unset),
		Personless: e.Personless, IsIdentified: e.IsIdentified, WebVisitor: e.WebVisitor,
		UserID: string(e.UserID), DeviceID: string(e.DeviceID), AnonDistinctID: string(e.AnonDistinctID), Alias: string(e.Alias),
		Members: make(map[string]string),
	}
	if e.HasUUID {
		r.UUID = fmt.Sprintf("%x", e.UUID)
	}
	for _, m := range e.Members {
		key := string(e.Properties[m.KeyStart:m.KeyEnd])
		if m.Escaped {
			if err := json.Unmarshal([]byte(`"`+key+`"`), &key); err != nil {
				panic(err)
			}
		} else {
			key = string(rawjson.AppendUTF8(nil, []byte(key)))
		}
		r.Members[key] = string(e.Properties[m.ValueStart:m.ValueEnd])
	}
	return r
}

// cutBytes cuts a file that lies in memory, without goroutines, into chunks.
func cutBytes(data []byte, o Options) (chunks []*Chunk, refused *SourceError) {
	return cutWith(data, nil, o)
}

// cutAs cuts a file whose layout is known.
func cutAs(data []byte, l *layout, o Options) []*Chunk {
	chunks, _ := cutWith(data[l.header:], l, o)
	return chunks
}

func cutWith(data []byte, l *layout, o Options) (chunks []*Chunk, refused *SourceError) {
	r := newReading(context.Background(), []source.Source{{Name: "test"}}, o, func(c *Chunk, _ error) bool {
		if c != nil {
			chunks = append(chunks, c)
		}
		return true
	})
	defer r.cancel()
	c := r.newCutter(0, "")
	c.layout = l
	for start := 0; start < len(data); start += r.options.window {
		b := block{buffer: takeBuffer()}
		b.size = copy(b.buffer.window(r.options.window), data[start:])
		b.end = int64(start + b.size)
		b.used, b.whole = b.end, b.size < r.options.window
		if refused = c.add(b); refused != nil {
			return nil, refused
		}
	}
	c.finish()
	return chunks, nil
}

// rowsOf decodes chunks. It checks what must hold for each.
func rowsOf(tb testing.TB, chunks []*Chunk) (rows []row) {
	tb.Helper()
	number, end := 0, int64(0)
	for _, c := range chunks {
		if c.Number != number || c.End < end {
			tb.Fatalf("chunk %d to %d after %d to %d", c.Number, c.End, number-1, end)
		}
		number, end = c.Number+1, c.End
		rows = append(rows, chunkRows(tb, c)...)
	}
	return rows
}

func chunkRows(tb testing.TB, c *Chunk) (rows []row) {
	tb.Helper()
	for e, err := range c.Events() {
		if err != nil {
			rows = append(rows, row{Ref: err.Ref, Line: err.Line, Reason: err.Reason})
			if err.Detail == "" || err.Path != c.path || len(err.Row) > shownRow {
				tb.Fatalf("incomplete row error: %+v", err)
			}
			continue
		}
		checkEvent(tb, e)
		rows = append(rows, copyOf(e))
	}
	return rows
}

// checkEvent checks what Event promises.
func checkEvent(tb testing.TB, e *Event) {
	tb.Helper()
	for name, text := range map[string][]byte{
		"properties": e.Properties, "person_properties": e.PersonProperties, "$set": e.Set, "$set_once": e.SetOnce,
	} {
		if (text != nil || name == "properties") && (!json.Valid(text) || text[0] != '{') {
			tb.Fatalf("%s is no JSON object: %q", name, text)
		}
	}
	if e.Unset != nil && !json.Valid(e.Unset) {
		tb.Fatalf("$unset is not JSON: %q", e.Unset)
	}
	if rawjson.Blank(e.DistinctID) {
		tb.Fatalf("distinct_id %q", e.DistinctID)
	}
	for _, text := range [][]byte{e.Name, e.DistinctID, e.PersonID, e.UserID, e.DeviceID, e.AnonDistinctID, e.Alias} {
		if !bytes.Equal(text, bytes.ToValidUTF8(text, []byte("?"))) {
			tb.Fatalf("text that is not UTF-8: %q", text)
		}
	}
	for _, m := range e.Members {
		if !json.Valid(e.Properties[m.ValueStart:m.ValueEnd]) || e.Properties[m.KeyStart-1] != '"' || e.Properties[m.KeyEnd] != '"' {
			tb.Fatalf("member %+v of %s", m, e.Properties)
		}
	}
}
