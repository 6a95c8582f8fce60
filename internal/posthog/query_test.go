package posthog

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzQuery compares rows that are arrays with the same rows as objects.
func FuzzQuery(f *testing.F) {
	for _, text := range jsonRows {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var keys map[string]json.RawMessage
		if json.Unmarshal(text, &keys) != nil || keys["event"] == nil {
			return
		}
		names := slices.Sorted(maps.Keys(keys))
		var values []json.RawMessage
		for _, name := range names {
			if name == "*" || strings.Contains(name, "properties.") {
				return // such columns mean something else than keys of an object
			}
			values = append(values, keys[name])
		}
		document, err := json.Marshal(map[string]any{"columns": names, "results": [][]json.RawMessage{values, values}})
		if err != nil {
			t.Fatal(err)
		}
		object, err := json.Marshal(keys)
		if err != nil {
			t.Fatal(err)
		}
		chunks, refused := cutBytes(document, Options{})
		if refused != nil {
			t.Fatal(refused)
		}
		want := wantRow(object)
		for i, got := range rowsOf(t, chunks) {
			want.Ref, want.Line = uint64(i), 1
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (- as an object, + as an array):\n%s", document, diff)
			}
		}
	})
}
