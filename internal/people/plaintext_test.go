package people

import (
	"bytes"
	"encoding/json"
	"testing"

	"ph2cio/internal/rawjson"
)

// FuzzPlainText takes encoding/json as oracle, and wants a text that is written anew to read as what it was.
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
		got, ok := plainText(text)
		if ok != isText || string(got) != want {
			t.Fatalf("plainText(%s) is %q, %v, want %q, %v", text, got, ok, want, isText)
		}
		if again, ok := plainText(rawjson.AppendString(nil, got)); ok && string(again) != want {
			t.Errorf("%q became %q", want, again)
		}
	})
}
