package rawjson

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendStringEscapesOnlyWhatItMust(t *testing.T) {
	for in, want := range map[string]string{
		"":                        `""`,
		"plain":                   `"plain"`,
		"exactly8":                `"exactly8"`,
		"a <b> & 'c' \u2028 \x7f": "\"a <b> & 'c' \u2028 \x7f\"",
		"say \"hi\" \\ bye":       `"say \"hi\" \\ bye"`,
		"tab\tline\nreturn\r":     `"tab\tline\nreturn\r"`,
		"\x00\x01\x1f\b\f":        `"\u0000\u0001\u001f\b\f"`,
		"Grüße, 世界 🎉":             `"Grüße, 世界 🎉"`,
		"bad \xff\xfe end":        "\"bad \uFFFD\uFFFD end\"",
		"cut \xe4\xb8":            "\"cut \uFFFD\uFFFD\"",
		"half \xed\xa0\x80 pair":  "\"half \uFFFD\uFFFD\uFFFD pair\"",
		"real \uFFFD stays":       "\"real \uFFFD stays\"",
	} {
		if got := string(AppendString([]byte("x"), in)); got != "x"+want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// Each byte value stands once at each place of a word, with neighbours that make the subtractions of special
// borrow.
func TestAppendStringSeesEveryByteInEveryPlace(t *testing.T) {
	for _, around := range []string{"aaaaaaaaaaaaaaaa", "!!!!!!!!!!!!!!!!", "#]#]#]#]#]#]#]#]", "                "} {
		for place := range around {
			for c := range 256 {
				text := []byte(around)
				text[place] = byte(c)
				checkString(t, text)
			}
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add([]byte("clean ascii of some length"))
	f.Add([]byte("\"\\\x00\x1f\x7f\x80\xff\u2028Grüße 世界 🎉\xed\xa0\x80\xf4\x90\x80\x80"))
	f.Fuzz(checkString)
}

// checkString compares AppendString with encoding/json: both decode to the same text.
func checkString(t *testing.T, text []byte) {
	got := AppendString(nil, text)
	if other := AppendString(nil, string(text)); string(other) != string(got) {
		t.Fatalf("%q: %s as bytes, %s as a string", text, got, other)
	}
	if !utf8.Valid(got) {
		t.Fatalf("%q: not UTF-8: %q", text, got)
	}
	encoded, err := json.Marshal(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var have, want string
	if err := json.Unmarshal(got, &have); err != nil {
		t.Fatalf("%q: %s: %v", text, got, err)
	}
	if err := json.Unmarshal(encoded, &want); err != nil {
		t.Fatal(err)
	}
	if have != want {
		t.Fatalf("%q: decoded %q, want %q", text, have, want)
	}
	if len(got) > len(encoded) {
		t.Fatalf("%q: %s is longer than %s", text, got, encoded)
	}
}

func BenchmarkAppendString(b *testing.B) {
	for name, text := range map[string]string{
		"ascii":    strings.Repeat("https://app.example.test/projects ", 30),
		"quotes":   strings.Repeat(`{"a": "b", "c": 1} `, 50),
		"cyrillic": strings.Repeat("Добро пожаловать ", 30),
		"short":    "01KJW22XWRS7HDE5A5DNV5MHHW",
	} {
		b.Run(name, func(b *testing.B) {
			dst := make([]byte, 0, 4*len(text))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				dst = AppendString(dst[:0], text)
			}
		})
	}
}

// TestTheFormOfStringsIsFrozen checks every character that has an escape, and the first that have none.
func TestTheFormOfStringsIsFrozen(t *testing.T) {
	const want = `"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f` +
		`\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f` +
		` !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_` + "`abcdefghijklmnopqrstuvwxyz{|}~\x7f" +
		"\u0080\u00ff\u2028\u2029\ufeff\ufffd\U0001f600" + `"`
	text := make([]byte, 0x80)
	for i := range text {
		text[i] = byte(i)
	}
	if got := string(AppendString(nil, string(text)+"\u0080\u00ff\u2028\u2029\ufeff\ufffd\U0001f600")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
