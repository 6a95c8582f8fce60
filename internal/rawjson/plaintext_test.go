package rawjson

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzPlainText compares with encoding/json. Text that is encoded again decodes to the same.
func FuzzPlainText(f *testing.F) {
	for _, text := range []string{`"a"`, `"\u00e4\n\"\\"`, `"`, `""`, `7`, "\"\xff\"", `"\ud800"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) || !bytes.Equal(text, bytes.TrimSpace(text)) {
			return
		}
		var want string
		isText := text[0] == '"' && json.Unmarshal(text, &want) == nil
		got, ok := PlainText(text)
		if ok != isText || string(got) != want {
			t.Fatalf("PlainText(%s) is %q, %v, want %q, %v", text, got, ok, want, isText)
		}
		if again, ok := PlainText(AppendString(nil, got)); ok && string(again) != want {
			t.Errorf("%q became %q", want, again)
		}
	})
}
