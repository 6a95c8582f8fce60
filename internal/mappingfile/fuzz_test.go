package mappingfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ph2cio/internal/testkit/race"
)

// FuzzRead: no text makes reading panic or take long, each error has a place in the file, and what is read
// means the same when it is read again after being written.
func FuzzRead(f *testing.F) {
	f.Add(example)
	for one := range strings.SplitSeq(cases(f), "\n===\n") {
		file, _, _ := strings.Cut(one, "\n----\n")
		f.Add(file)
	}
	for _, text := range slowOnes(2000) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		file, err := Read([]byte(text), "m.yaml")
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("took %v", took)
		}
		if err != nil {
			checkErrors(t, text, err)
			return
		}
		if err := fits(file); err != nil {
			t.Fatal(err)
		}
		written := file.JSON()
		again, err := Read(written, "written.yaml")
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if !bytes.Equal(again.JSON(), written) {
			t.Fatalf("written\n%s\nread again\n%s", written, again.JSON())
		}
		if file.Hash() != again.Hash() {
			t.Fatal("the hash is another")
		}
		again, err = Read([]byte(file.YAML(nil)), "again.yaml")
		if err != nil || !bytes.Equal(again.JSON(), withoutTests(file)) {
			t.Fatalf("%v\n%s", err, file.YAML(nil))
		}
	})
}

func checkErrors(t *testing.T, text string, err error) {
	t.Helper()
	lines := strings.Split(text, "\n")
	all := err.(interface{ Unwrap() []error }).Unwrap()
	for i, one := range all {
		var of *Error
		if !errors.As(one, &of) {
			if i != maxErrors {
				t.Fatalf("%T", one)
			}
			continue
		}
		if of.Line < 1 || of.Column < 1 || of.Line > len(lines)+1 || of.Text == "" {
			t.Fatalf("%#v", of)
		}
		if of.Line <= len(lines) && of.Column > utf8.RuneCountInString(lines[of.Line-1])+2 {
			t.Fatalf("the line is shorter: %#v", of)
		}
		if !utf8.ValidString(of.Error()) || strings.ContainsAny(of.Error(), "\x00\x1b") {
			t.Fatalf("%q", of.Error())
		}
	}
}

// slowOnes are texts that make YAML parsers slow or deep, each of about so many bytes.
func slowOnes(size int) map[string]string {
	repeated := func(s string) string { return strings.Repeat(s, size/len(s)) }
	keys := strings.Builder{}
	for i := 0; keys.Len() < size; i++ {
		keys.WriteString("a" + strings.Repeat("b", i%7) + string(rune('a'+i%26)) + strings.Repeat("c", i%300) + ": b\n")
	}
	laughs := "rules:\n- &a0 [x]\n"
	for i := range 30 {
		laughs += strings.ReplaceAll("- &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n", "a", "a"+string(rune('0'+i)))
		laughs = strings.ReplaceAll(laughs, "&b", "&a"+string(rune('1'+i)))
	}
	indented := strings.Builder{}
	for i := 0; indented.Len() < size; i++ {
		indented.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return map[string]string{
		"laughs": laughs, "keys": keys.String(), "indented": indented.String(),
		"[": repeated("["), "]": repeated("]"), "{": repeated("{"), "- ": repeated("- "), "? ": repeated("? "), "[{a: ": repeated("[{a: "), "a: ": repeated("a: "),
		"&": repeated("&"), "&a ": repeated("&a "), "*": repeated("*"), "!": repeated("!"), "!a ": repeated("!a "), "%": repeated("%"), "quotes": repeated(`"`),
		"blank": "a: |\n" + repeated("\n"), "blank >": "a: >\n" + repeated("  \n"), "spaced": "a: |\n" + repeated("  b\n\n\n"), "docs": repeated("---\n"),
		"list": "rules:\n" + repeated("- a\n"), "flow": "rules: [" + repeated("a,") + "]", "rules": "rules:\n" + repeated("- {events: a, drop: true}\n"),
		"literal": "rules:\n- name: |\n" + repeated("    a\n"), "escapes": `a: "` + repeated(`\u00e9`) + `"`, "spaces": "a:" + repeated(" "),
		"name": "rules:\n- events: a\n  name: '" + repeated("{properties.a}") + "'\n", "braces": "rules:\n- events: a\n  name: '" + repeated("{") + "'\n",
		"wrong": "rules: [" + repeated("{a.b}, ") + "]\n", "wrong names": "rules: [{events: [" + repeated("5,") + "]}]\n",
		"wrong texts": "rules: [" + repeated("{events: a, name: '{'}, ") + "]\n", "conditions": "rules:\n" + repeated("- {events: a, drop: true, when: a}\n"),
		"filters":     "test-accounts:\n" + repeated("- {key: a, operator: regex, value: '"+strings.Repeat("a{1000}", 20)+"'}\n"),
		"wrong dates": "rules: [{events: a, dates: [" + repeated("a..,") + "]}]\n",
		"open":        "rules:\n- events: a\n  name: '" + repeated("{a(") + "'\n", "attributes": "rules:\n- events: a\n  attributes: {" + repeated("a: '{properties.b}', ") + "}\n",
	}
}

// TestNoTextIsSlow reads texts that are large enough for quadratic time to show, which is far above the bound. With
// LARGEST=1 they have the largest size.
func TestNoTextIsSlow(t *testing.T) {
	if race.Enabled() {
		t.Skip("times with the race detector say nothing")
	}
	size := MaxSize / 32
	if os.Getenv("LARGEST") != "" {
		size = MaxSize - 1000
	}
	for name, text := range slowOnes(size) {
		start := time.Now()
		_, err := Read([]byte(text), "m.yaml")
		took := time.Since(start)
		if took > 10*time.Second*time.Duration(size)/(MaxSize/32) {
			t.Errorf("%s takes %v", name, took)
		}
		message := "no error"
		if err != nil {
			message, _, _ = strings.Cut(err.Error(), "\n")
		}
		t.Logf("%-10s %8v %.100s", name, took.Round(time.Millisecond), message)
	}
}

// refusable matches errors that JSON may have here.
var refusable = regexp.MustCompile(`twice|nested|more than|not text`)

// FuzzJSON: JSON is YAML, and encoding/json reads it alike.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,-0,1.50,1e400,"é\u00e9\ud83d\ude00\/\"\\\b\f\n\r\t",true,false,null,{}],"":{"b c":[]}}`, `[]`, `"x"`, `5`, `{"a": {"b":"#x: y","c":"- x"},"d":"{x}"}`,
		"{\"a\":\n\t\"b\"}", `{"a":"x\\","b":"''","c":" y ","<<":1,"*a":"&a","!x":"%"}`, `{"a":"\u0000\u2028\u0085\ufeff"}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if !json.Valid([]byte(text)) || !utf8.ValidString(text) || decoder.Decode(&want) != nil {
			return
		}
		r := &reader{problems: problems{file: "m.yaml"}}
		var ok bool
		if r.source, ok = newSource(&r.problems, []byte(text)); !ok {
			return
		}
		root, ok := parseYAML(&r.problems, r.source)
		var got []byte
		if ok {
			got = r.json(nil, root)
		}
		if err := r.err(); err != nil {
			if !refusable.MatchString(err.Error()) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		var back any
		decoder = json.NewDecoder(bytes.NewReader(got))
		decoder.UseNumber()
		if err := decoder.Decode(&back); err != nil {
			t.Fatalf("%v: %s", err, got)
		}
		a, _ := json.Marshal(want)
		b, _ := json.Marshal(back)
		if !bytes.Equal(a, b) {
			t.Fatalf("%q is\n%s, read as\n%s", text, a, b)
		}
	})
}
