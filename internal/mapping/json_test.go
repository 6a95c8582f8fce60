package mapping

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ph2cio/internal/customerio"
)

// FuzzMembers reads objects as encoding/json does.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : 1 , "b":{"c":[1,"}]"]} ,"d":"\\\"" } `, `{"":null,"\u0061":true,"a":[[]]}`, "{\"\xff\":-1e5}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		object = bytes.TrimSpace(object)
		if !json.Valid(object) || object[0] != '{' {
			return
		}
		d := json.NewDecoder(bytes.NewReader(object))
		_, _ = d.Token() // the brace
		members := appendMembers(nil, object)
		for i := 0; d.More(); i++ {
			name, err := d.Token()
			if err != nil {
				return // too deep for encoding/json, though valid
			}
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				return
			}
			if i >= len(members) {
				t.Fatalf("%q: only %d members", object, len(members))
			}
			m := members[i]
			if got := object[m.ValueStart:m.ValueEnd]; !bytes.Equal(got, value) {
				t.Errorf("%q: value %d is %q, want %q", object, i, got, value)
			}
			inside := object[m.KeyStart:m.KeyEnd]
			if got, _ := appendPlain(nil, inside); string(got) != name || m.Escaped != bytes.Contains(inside, []byte(`\`)) {
				t.Errorf("%q: name %d is %q, want %q", object, i, got, name)
			}
		}
	})
}

// FuzzPlain undoes escapes as encoding/json does, and knows whether it had to mend anything.
func FuzzPlain(f *testing.F) {
	for _, seed := range []string{``, `a\n\u00e9\ud83d\ude00`, `\ud800`, `\ud800\ud800\udc00`, `\ufffd`, "\xff\xc3", `\u0000`, `\udc00x`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, inside []byte) {
		value := append(append([]byte{'"'}, inside...), '"')
		var want string
		if json.Unmarshal(value, &want) != nil {
			return
		}
		got, found := appendPlain(nil, inside)
		if string(got) != want {
			t.Fatalf("%q: %q, want %q", inside, got, want)
		}
		if (found&nul != 0) != strings.Contains(want, "\x00") {
			t.Errorf("%q: NUL found: %v", inside, found&nul != 0)
		}
		// What was not broken comes back from the text.
		var again string
		if err := json.Unmarshal(customerio.AppendString(nil, got), &again); err != nil || again != want {
			t.Errorf("%q: %q comes back as %q, %v", inside, got, again, err)
		}
		if found&broken == 0 && !utf8.Valid(inside) {
			t.Errorf("%q: mended without a word", inside)
		}
	})
}

// FuzzValue copies any valid value: what comes out is valid, keeps within the limit, and is the same when there was
// nothing to take out.
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
		c := cleaner{secrets: newSecrets(nil), limit: limit{most, cutEventValue, cutEventValue}, cuts: &counted}
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
	for _, seed := range []string{"plan", "a.b", "", "\xff\x00", "recipient", "reply.to", "password", "$os", strings.Repeat("é", 76)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		m := newRules(t, Options{Properties: "all"}).newMapper(newSomebody(``))
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
			want := strings.NewReplacer("\x00", "").Replace(strings.ToValidUTF8(name, ""))
			if strings.ReplaceAll(got, "\ufffd", "") != strings.ReplaceAll(want, "\ufffd", "") || len(got) > 150 {
				t.Errorf("%q becomes %q", name, got)
			}
		}
	})
}

// FuzzRedact leaves no secret in a URL, and nothing else is touched.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{
		"https://a.example/?token=x", "?a=1&TOKEN=x#secret=y", "/b?n=%3Ftoken%3Dx", "a b?token=x", "?to%6ben=x;y=z", "??token=#token=&token=x",
		" https://a.example/my page?token=x y", "see https://a.example/?token=x now", "/b?n=%3Ftoken%3Dx%zz",
		"https://u:p@a.example/?a=https://v:q@b&c@d", "//u@a;b@c", "see x://a@b y://c@d/e", "?u[password]=x&a%5btoken%5d[]=y", "?a.secret=x",
		"/cb?code=x&state=y;state=z#CODE=a&State=b?code=c", "/a;sid=x;jsessionid=y/b;pwd=z?sid=w", "x;sid=y/z;jwt=\"a\"", "see /a;b=c d;sid=x ;/sid=y",
		"/a?%2Fb%3Ftoken%3Dx&y#%3Ftoken=x", "/a?//u:p@b&c=/\\d@e#https:\\\\f@g", "?access-Token%20=x&id_token+=y", "see x://a?b %3Ftoken%3Dc d&%3Fe=f",
		"/b?n=%25252525253Ftoken%252525253Dx", "/b?n=%252F%252Fu%253Ap%2540c", "?x://a&token=b@c;://d=e@f",
	} {
		f.Add(seed)
	}
	s := newSecrets(nil)
	f.Fuzz(func(t *testing.T, text string) {
		out, found := s.appendRedacted(nil, []byte(text))
		if !found {
			out = []byte(text)
		}
		checkUserinfo(t, string(out))
		path, _, _ := strings.Cut(strings.ReplaceAll(string(out), "#", "?"), "?")
		for _, found := range pathSecret.FindAllStringSubmatch(path, -1) {
			if found[2] != redactedText {
				t.Errorf("%q becomes %q, which has the secret %q", text, out, found[0])
			}
		}
		start := strings.IndexAny(string(out), "?#")
		if start < 0 {
			return
		}
		before, _, ok := strings.Cut(text, "://")
		afterWords := ok && len(strings.Fields("x"+strings.TrimSpace(before)+"x")) > 1
		checkOAuth(t, text, string(out), afterWords)
		for _, parameter := range strings.FieldsFunc(string(out[start:]), func(r rune) bool { return strings.ContainsRune("?#&;", r) }) {
			name, value, ok := strings.Cut(parameter, "=")
			if afterWords { // then a secret has no white space
				value = value[:strings.IndexFunc(value+" ", unicode.IsSpace)]
			}
			if plain, err := url.QueryUnescape(name); err == nil {
				name = spelledPlain(name, plain)
			}
			if ok && secretPath.MatchString(name) && value != "" && value != redactedText {
				t.Errorf("%q becomes %q, which has the secret %q", text, out, parameter)
			}
			switch {
			case ok:
				checkDecoded(t, text, "", value)
			case afterWords:
				checkDecoded(t, text, "?", parameter[:strings.IndexFunc(parameter+" ", unicode.IsSpace)])
			default:
				checkDecoded(t, text, "?", parameter)
			}
		}
		if _, again := s.appendRedacted(nil, out); again {
			t.Errorf("%q becomes %q, which is redacted again", text, out)
		}
	})
}

// secretPath and secretParameter are what the redaction looks for, as an expression.
var (
	anySecret       = "(" + strings.Join(spellings(slices.Concat(secretNames, secretParameters)), "|") + ")"
	secretPath      = regexp.MustCompile(`(?i)(^|[\[\].])` + anySecret + `($|[\[\].])`)
	secretParameter = regexp.MustCompile(`(?is)[?#](.*[?#&;])?` + anySecret + `=([^&;?#\s][^&;?#]*)`)
	pathSecret      = regexp.MustCompile(`(?i)/[^?#\s]*;` + anySecret + `=([^?#;/&"\s]+)`)
)

// spellings are expressions for names that may have dashes and underscores anywhere, but for the short ones.
func spellings(names []string) []string {
	var all []string
	for _, name := range names {
		if letters := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' }); len(name) > fewLetters {
			name = "[-_]*" + strings.Join(strings.Split(strings.Join(letters, ""), ""), "[-_]*") + "[-_]*"
		}
		all = append(all, name)
	}
	return all
}

// spelledPlain drops the blanks around a decoded name, unless a blank comes first that was not encoded.
func spelledPlain(name, plain string) string {
	if strings.TrimLeftFunc(name, unicode.IsSpace) != name {
		return plain
	}
	return strings.TrimSpace(plain)
}

// checkDecoded undoes the encoding of a parameter or its value as long as there is any, and looks for a
// secret each time.
func checkDecoded(t *testing.T, text, before, value string) {
	for range 2 * maxEncodings {
		plain, err := url.QueryUnescape(value)
		if err != nil || plain == value {
			return
		}
		value = plain
		for _, found := range secretParameter.FindAllStringSubmatch(before+value, -1) {
			if strings.Fields(found[3])[0] != redactedText {
				t.Errorf("%q keeps the secret %q", text, found[0])
			}
		}
		checkUserinfo(t, value)
	}
}

// checkOAuth looks for a code beside a state in one query or fragment, which ends at white space after other words.
func checkOAuth(t *testing.T, text, out string, afterWords bool) {
	for i, component := range strings.FieldsFunc("x"+out, func(r rune) bool { return r == '?' || r == '#' }) {
		if afterWords {
			component = component[:strings.IndexFunc(component+" ", unicode.IsSpace)]
		}
		values := map[string]string{}
		for _, parameter := range strings.FieldsFunc(component, func(r rune) bool { return r == '&' || r == ';' }) {
			if name, value, _ := strings.Cut(strings.ToLower(parameter), "="); value != "" && values[name] == "" {
				values[name] = value
			}
		}
		code, state := values["code"], values["state"]
		if i > 0 && code != "" && state != "" && (code != redactedText || state != redactedText) {
			t.Errorf("%q becomes %q, which has the answer %q", text, out, component)
		}
	}
}

// checkUserinfo lets net/url look for a name or a password before the host.
func checkUserinfo(t *testing.T, text string) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err == nil && u.User != nil && u.User.String() != "" && u.User.String() != redactedText {
		t.Errorf("%q has the name or password %q", text, u.User)
	}
}
