package mapping

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/redact"
)

// FuzzValue copies any valid value: what comes out is valid, keeps within the limit, and is the same when
// there was nothing to take out.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{
		`1`, `"a"`, `{"password":["x"],"b":"https://a.example/?token=x"}`, `["\u0000","\ud800",{"a":{}}]`, "\"\xff\"", `[ 1 , 2 ]`, `"?token=\"&"`,
	} {
		f.Add([]byte(seed), 0)
		f.Add([]byte(seed), 3)
	}
	f.Fuzz(func(t *testing.T, value []byte, most int) {
		value = bytes.TrimSpace(value)
		if !json.Valid(value) || most < 0 {
			return
		}
		var counted cuts
		c := cleaner{secrets: redact.New(nil), limit: limit{most, cutEventValue, cutEventValue}, cuts: &counted}
		out, ok := c.append([]byte("x"), value)
		if out = out[1:]; !ok {
			if len(out) > 0 || counted.count[cutEventValue] == 0 {
				t.Errorf("%q: dropped, but %q is left", value, out)
			}
			return
		}
		if !json.Valid(out) {
			t.Fatalf("%q becomes %q", value, out)
		}
		if most > 0 && sizeOf(out) > most {
			t.Errorf("%q becomes %q of %d bytes", value, out, sizeOf(out))
		}
		if counted.any == bytes.Equal(out, value) {
			t.Errorf("%q becomes %q, and %v was counted", value, out, counted.count)
		}
		counted = cuts{}
		if again, _ := c.append(nil, out); !bytes.Equal(again, out) {
			t.Errorf("%q is clean, but becomes %q", out, again)
		}
	})
}

// FuzzKey sends a property of any name, or counts why not.
func FuzzKey(f *testing.F) {
	for _, seed := range []string{"plan", "a.b", "", "\xff\x00", "recipient", "reply.to", "password", "$os", strings.Repeat("é", 76), "//ada@"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		m := newRules(t, Options{Properties: "all"}).NewMapper(newSomebody(``))
		op := send(t, m, row("signup", "{"+quoted(name)+":1}"))
		if op.Attributes == nil {
			if cut := m.ValuesCut; cut["name_too_long"]+cut["reserved"] != 1 && !slices.Contains(plumbing, name) {
				t.Errorf("%q is not sent, but %v was counted", name, cut)
			}
			return
		}
		var attributes map[string]any
		if err := json.Unmarshal(op.Attributes, &attributes); err != nil || len(attributes) != 1 {
			t.Fatalf("%q becomes %s: %v", name, op.Attributes, err)
		}
		for got := range attributes {
			if m.ValuesCut["redacted"] > 0 && strings.Contains(got, redact.Replacement) {
				continue // the name is a URL with a secret
			}
			want := strings.NewReplacer("\x00", "").Replace(strings.ToValidUTF8(name, ""))
			if strings.ReplaceAll(got, "\ufffd", "") != strings.ReplaceAll(want, "\ufffd", "") || len(got) > 150 {
				t.Errorf("%q becomes %q", name, got)
			}
		}
	})
}
