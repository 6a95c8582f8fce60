package customerio

import (
	"testing"

	"pgregory.net/rapid"
)

func TestEventIDOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"id", `id":"x`, `"`, `\`, `{"id":"x"}`, `,"id":"`}))
		who := Identifier{Key: rapid.SampledFrom([]Key{ID, Email, CioID}).Draw(t, "key"), Value: text.Draw(t, "value")}
		id := rapid.StringMatching(`[0-9A-Z]{26}|`).Draw(t, "id")
		name := text.Draw(t, "name")
		op := AppendTracked(nil, Event, who, Tracked{Name: []byte(name), ID: id}, []byte(`{"a":{"id":"inner"},"b":"id"}`))
		if got := string(EventIDOf(op)); got != id {
			t.Fatalf("%s has the id %q, not %q", op, got, id)
		}
	})
	for _, broken := range []string{"", `{`, `{"id`, `{"id"`, `{"id":`, `{"id":"`, `{"id":"x`, `{"id":7}`, `["id"`, `{"\`} {
		EventIDOf([]byte(broken)) // it does not panic
	}
}
