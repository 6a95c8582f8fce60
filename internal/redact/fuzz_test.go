package redact

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// FuzzRedact leaves no secret in a URL, and nothing else is touched.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{
		"https://a.example/?token=x", "?a=1&TOKEN=x#secret=y", "/b?n=%3Ftoken%3Dx", "a b?token=x", "?to%6ben=x;y=z", "??token=#token=&token=x",
		" https://a.example/my page?token=x y", "see https://a.example/?token=x now", "/b?n=%3Ftoken%3Dx%zz",
		"https://u:p@a.example/?a=https://v:q@b&c@d", "//u@a;b@c", "see x://a@b y://c@d/e", "?u[password]=x&a%5btoken%5d[]=y", "?a.secret=x",
		"/cb?code=x&state=y;state=z#CODE=a&State=b?code=c", "/a;sid=x;jsessionid=y/b;pwd=z?sid=w", "x;sid=y/z;jwt=\"a\"", "see /a;b=c d;sid=x ;/sid=y",
		"/a?%2Fb%3Ftoken%3Dx&y#%3Ftoken=x", "/a?//u:p@b&c=/\\d@e#https:\\\\f@g", "?access-Token%20=x&id_token+=y", "see x://a?b %3Ftoken%3Dc d&%3Fe=f",
		"/b?n=%25252525253Ftoken%252525253Dx", "/b?n=%252F%252Fu%253Ap%2540c", "?x://a&token=b@c;://d=e@f", "/\vz;jwt=-",
		"b?code=x&state=y;s?code=a&State=z", "?code=x&token=a?b&state=y",
	} {
		f.Add(seed)
	}
	s := New(nil)
	f.Fuzz(func(t *testing.T, text string) {
		out, found := s.Append(nil, []byte(text))
		if !found {
			out = []byte(text)
		}
		checkUserinfo(t, string(out))
		path, _, _ := strings.Cut(strings.ReplaceAll(string(out), "#", "?"), "?")
		for _, found := range pathSecret.FindAllStringSubmatch(path, -1) {
			if found[2] != Replacement {
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
			if ok && secretPath.MatchString(name) && value != "" && value != Replacement {
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
		if _, again := s.Append(nil, out); again {
			t.Errorf("%q becomes %q, which is redacted again", text, out)
		}
	})
}

// space is the members of unicode.White_Space, within brackets.
const space = `\t-\r\x{85}\p{Z}`

// secretPath and secretParameter are what the redaction looks for, as an expression.
var (
	anySecret       = "(" + strings.Join(spellings(slices.Concat(secretNames, secretParameters)), "|") + ")"
	secretPath      = regexp.MustCompile(`(?i)(^|[\[\].])` + anySecret + `($|[\[\].])`)
	secretParameter = regexp.MustCompile(`(?is)[?#](.*[?#&;])?` + anySecret + `=([^&;?#` + space + `][^&;?#]*)`)
	pathSecret      = regexp.MustCompile(`(?i)/[^?#` + space + `]*;` + anySecret + `=([^?#;/&"` + space + `]+)`)
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
			if strings.Fields(found[3])[0] != Replacement {
				t.Errorf("%q keeps the secret %q", text, found[0])
			}
		}
		checkUserinfo(t, value)
	}
}

// checkOAuth looks for a code beside a state in one query or fragment, which ends at white space after other
// words.
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
		if i > 0 && code != "" && state != "" && (code != Replacement || state != Replacement) {
			t.Errorf("%q becomes %q, which has the answer %q", text, out, component)
		}
	}
}

// checkUserinfo lets net/url look for a name or a password before the host.
func checkUserinfo(t *testing.T, text string) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err == nil && u.User != nil && u.User.String() != "" && u.User.String() != Replacement {
		t.Errorf("%q has the name or password %q", text, u.User)
	}
}

// AppendUnescaped agrees with net/url where that does not give up.
func FuzzUnescape(f *testing.F) {
	for _, seed := range []string{"", "a+b", "%3Ftoken%3Dabc", "%", "%a", "%zz%41", "%C3%A9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := string(AppendUnescaped(nil, []byte(text)))
		if want, err := url.QueryUnescape(text); err == nil && got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		own := []byte(text)
		if inPlace := string(AppendUnescaped(own[:0], own)); inPlace != got {
			t.Errorf("%q becomes %q in place, %q elsewhere", text, inPlace, got)
		}
	})
}
