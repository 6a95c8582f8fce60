package expression

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"ph2cio/internal/rawjson"
)

// FuzzURLs compares the parts of URLs with those of net/url, for URLs that it takes.
func FuzzURLs(f *testing.F) {
	for _, text := range []string{
		"https://a.example/b?c=d#e", "http://u:p@A.example:80", "//a.example/b", "/a/b?x=%41+b&x=2&y", "a", "", "?a=b", "mailto:a@b.example", "https://a.example?x=%zz", "capacitor://localhost/", "https://[::1]:8080/x", "https://a/b@c", "android-app://com.example",
	} {
		f.Add(text, "x")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		if !utf8.ValidString(text) || !utf8.ValidString(name) {
			return // the texts of rows are always valid
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "" && !strings.HasPrefix(text[len(u.Scheme):], "://") {
			return // browsers take more, and mailto:a@b.example is a path for us
		}
		l := locate([]byte(text))
		if text != "" && text[0] <= ' ' || len(text) > 0 && text[len(text)-1] <= ' ' {
			return // we leave out spaces around it
		}
		if string(l.host) != u.Host && url.PathEscape(u.Host) == u.Host {
			t.Errorf("the host of %q is %q, want %q", text, l.host, u.Host)
		}
		want := u.EscapedPath()
		if want == "" && len(l.path) == 1 && strings.Contains(text, "//") { // browsers have a path wherever there is a host
			want = "/"
		}
		if string(l.path) != want && u.RawPath == "" && url.PathEscape(u.Path) == u.Path {
			t.Errorf("the path of %q is %q, want %q", text, l.path, want)
		}
		values, err := url.ParseQuery(string(l.query))
		if err != nil {
			return
		}
		p, err := Compile(`query(properties.url, properties.name)`, EventScope)
		if err != nil {
			t.Fatal(err)
		}
		row := rowOf(`{"url":` + quoted(text) + `,"name":` + quoted(name) + `}`)
		want = "nil"
		if values.Has(name) {
			want = quoted(values.Get(name))
		}
		if got := shown(NewEvaluator(nil), p, row); got != want {
			t.Errorf("%q of %q is %s, want %s", name, text, got, want)
		}
	})
}

func quoted(text string) string { return string(rawjson.AppendString(nil, text)) }
