package terminal

import "testing"

func TestSpacedJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"b":[true,null,"x,y:z"],"c\",d":{"e":"\\"},"f":-1.5}`: `{"a": 1, "b": [true, null, "x,y:z"], "c\",d": {"e": "\\"}, "f": -1.5}`,
		`"plain: text"`: `"plain: text"`,
		"":              "",
	} {
		if got := SpacedJSON([]byte(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
