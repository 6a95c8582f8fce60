package transfer

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSampleRowsEndThereInOtherOrders compares the samples with the same lists when they are compressed, and
// when columns or keys come in another order, because PostHog promises no order.
func TestSampleRowsEndThereInOtherOrders(t *testing.T) {
	for _, list := range bucketLists(t) {
		data, err := os.ReadFile(samples + list.name)
		if err != nil {
			t.Fatal(err)
		}
		variants := map[string][]byte{"gzip": gzipped(t, data)}
		for seed := range uint64(3) {
			s := shuffler{t, rand.New(rand.NewPCG(seed, 7))}
			variants["shuffled "+string('1'+rune(seed))] = s.file(list.name, data)
		}
		for name, variant := range variants {
			t.Run(list.name+"/"+name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "export")
				if err := os.WriteFile(path, variant, 0o600); err != nil {
					t.Fatal(err)
				}
				if got := buckets(t, list, path); got != list.want {
					t.Errorf("the rows end at\n%s\nwant\n%s", got, list.want)
				}
			})
		}
	}
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shuffler writes a file again with its columns or keys in another order.
type shuffler struct {
	t *testing.T
	*rand.Rand
}

func (s shuffler) file(name string, data []byte) []byte {
	switch filepath.Ext(name) {
	case ".csv":
		return s.csv(data)
	case ".jsonl":
		lines := strings.Split(string(data), "\n")
		for i, line := range lines {
			if line != "" {
				lines[i] = string(s.value(json.RawMessage(line)))
			}
		}
		return []byte(strings.Join(lines, "\n"))
	}
	return s.value(s.columns(data))
}

func (s shuffler) csv(data []byte) []byte {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	order := s.Perm(len(rows[0]))
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		if err := w.Write(reordered(row, order)); err != nil {
			s.t.Fatal(err)
		}
	}
	w.Flush()
	return b.Bytes()
}

func reordered[T any](row []T, order []int) []T {
	out := make([]T, len(row))
	for i, from := range order {
		out[i] = row[from]
	}
	return out
}

// columns gives the columns of a query's result another order.
func (s shuffler) columns(data []byte) []byte {
	var document map[string]json.RawMessage
	var names []string
	var rows [][]json.RawMessage
	s.decode(data, &document)
	if document["columns"] == nil {
		return data
	}
	s.decode(document["columns"], &names)
	s.decode(document["results"], &rows)
	order := s.Perm(len(names))
	for i, row := range rows {
		rows[i] = reordered(row, order)
	}
	document["columns"], document["results"] = s.encode(reordered(names, order)), s.encode(rows)
	return s.encode(document)
}

// value gives the keys of a JSON value another order, at all levels. Numbers stay as they are written.
func (s shuffler) value(raw json.RawMessage) json.RawMessage {
	switch raw = bytes.TrimSpace(raw); raw[0] {
	case '[':
		var elements []json.RawMessage
		s.decode(raw, &elements)
		for i, e := range elements {
			elements[i] = s.value(e)
		}
		return s.encode(elements)
	case '{':
		var members map[string]json.RawMessage
		s.decode(raw, &members)
		var keys []string
		for key := range members {
			keys = append(keys, key)
		}
		s.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		var parts []string
		for _, key := range keys {
			parts = append(parts, string(s.encode(key))+":"+string(s.value(members[key])))
		}
		return json.RawMessage("{" + strings.Join(parts, ",") + "}")
	}
	return raw
}

func (s shuffler) decode(raw []byte, to any) {
	s.t.Helper()
	if err := json.Unmarshal(raw, to); err != nil {
		s.t.Fatalf("%v: %.80s", err, raw)
	}
}

func (s shuffler) encode(from any) []byte {
	s.t.Helper()
	raw, err := json.Marshal(from)
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}
