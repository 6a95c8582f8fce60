package posthog

import "testing"

func TestNamesHaveNoSpaceAroundThem(t *testing.T) {
	for given, want := range map[string]string{
		"$identify": "$identify", " $identify ": "$identify", "Order  Completed\u00a0": "Order  Completed", "\u00e9": "\u00e9", "\u2003a": "a",
	} {
		for shape, text := range map[string]string{
			"JSON": `{"event":"` + given + `","distinct_id":"u"}`, "CSV": "event,distinct_id\n" + given + ",u\n",
		} {
			chunks, refused := cutBytes([]byte(text), Options{})
			if refused != nil {
				t.Fatal(refused)
			}
			for e, bad := range chunks[0].Events() {
				if bad != nil {
					t.Fatal(bad)
				}
				padded := ""
				if given != want {
					padded = given
				}
				if string(e.Name) != want || string(e.Padded) != padded {
					t.Errorf("%s: %q is %q, as written %q", shape, given, e.Name, e.Padded)
				}
			}
		}
	}
}
