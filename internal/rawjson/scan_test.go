package rawjson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// scanned reports whether the scanner takes text for one JSON value.
func scanned(text []byte) bool {
	data := append(bytes.Clone(text), make([]byte, Guard)...)
	end := len(text)
	var s Scanner
	s.Begin(data, end)
	i := ScanSpace(data, 0, end)
	if i = s.Value(i, end, 0); i < 0 {
		return false
	}
	return ScanSpace(data, i, end) == end
}

var jsonTexts = []string{
	``, ` `, `{}`, `[]`, `null`, `true`, `false`, `nul`, `tru`, `fals`, `truex`, `nulll`, `x`, `{`, `}`, `[`, `]`, `"`, `,`, `:`,
	`0`, `-0`, `-`, `00`, `01`, `1.`, `.5`, `1.5`, `1e5`, `1E+5`, `1e-5`, `1e`, `1e+`, `-1.25e-7`, `+1`, `0x1`, `1 2`, `1_0`, `NaN`, `Infinity`,
	`12345678901234567890`, `1e400`,
	`""`, `"a"`, `"a`, `"\""`, `"\\"`, `"\/\b\f\n\r\t"`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\u1234"`, `"\ud800"`, `"\ud83d\ude00"`, `"\`, `"\"`,
	"\"tab\there\"", "\"nul\x00\"", "\"\x1f\"", "\"\x7f\"", "\"\xff\"", "\"é\"", "\"exactly8\"", "\"exactly7", "\"a long string of more than eight bytes\\u0041 and on\"",
	`{"a":1}`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{,}`, `{"a":1 "b":2}`, `{"a":1,"b":2}`, `{a:1}`, `{'a':1}`, `{"a":1}}`, `{"a":[1,2,{"b":null}]}`,
	`[1,2,3]`, `[1,]`, `[,1]`, `[1 2]`, `[1}`, `{"a":1]`, `[[[]]]`, `[{},[],"",0,null,true,false]`, " \t\r\n{ \"a\" : [ 1 , 2 ] } \n", "{\v}",
	`{"a":{"b":{"c":{}}},"d":[[],[{}]]}`,
}

func TestScanAgreesWithEncodingJSON(t *testing.T) {
	for _, text := range jsonTexts {
		if got, want := scanned([]byte(text)), json.Valid([]byte(text)); got != want {
			t.Errorf("%q: scanned %t, encoding/json says %t", text, got, want)
		}
	}
}

func TestScanNestsAsDeepAsEncodingJSON(t *testing.T) {
	for _, depth := range []int{63, 64, 65, MaxDepth - 1, MaxDepth, MaxDepth + 1, 2 * MaxDepth} {
		for _, text := range []string{
			strings.Repeat("[", depth) + strings.Repeat("]", depth),
			strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth),
			strings.Repeat(`[{"a":`, depth/2) + "1" + strings.Repeat("}]", depth/2),
		} {
			if got, want := scanned([]byte(text)), json.Valid([]byte(text)); got != want {
				t.Errorf("%d levels of %.8q: scanned %t, encoding/json says %t", depth, text, got, want)
			}
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		valid := json.Valid(text)
		if scanned(text) != valid {
			t.Fatalf("%q: scanned %t, encoding/json says %t", text, !valid, valid)
		}
		if trimmed := bytes.TrimSpace(text); valid && trimmed[0] == '"' {
			var want string
			if err := json.Unmarshal(trimmed, &want); err != nil {
				t.Fatal(err)
			}
			if got, _ := AppendUnescaped(nil, trimmed[1:len(trimmed)-1]); string(got) != want {
				t.Fatalf("%q: unescaped %q, encoding/json says %q", trimmed, got, want)
			}
		}
		// Any text as a JSON string comes back as itself, apart from what is not UTF-8.
		var back string
		if err := json.Unmarshal(AppendRawString(nil, text), &back); err != nil {
			t.Fatalf("%q as a JSON string: %v", text, err)
		}
		if want := string(AppendUTF8(nil, text)); back != want {
			t.Fatalf("%q as a JSON string: %q, want %q", text, back, want)
		}
	})
}
