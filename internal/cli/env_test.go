package cli

import (
	"bytes"
	"testing"
)

// TestLocaleWithoutUTF8 writes text for people in ASCII where the locale that counts has no UTF-8.
func TestLocaleWithoutUTF8(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		all, ctype, lang string
		ascii            bool
	}{
		{"", "", "", false},
		{"", "", "de_DE.UTF-8", false},
		{"", "UTF-8", "de_DE", false},
		{"", "", "C.utf8", false},
		{"C", "en_US.UTF-8", "en_US.UTF-8", true},
		{"", "POSIX", "en_US.UTF-8", true},
		{"", "", "de_DE.ISO8859-1", true},
	} {
		var written bytes.Buffer
		env := Env{Stdout: &written, Stderr: &written, Getenv: func(name string) (string, bool) {
			value := map[string]string{"LC_ALL": c.all, "LC_CTYPE": c.ctype, "LANG": c.lang}[name]
			return value, value != ""
		}}
		p := newProgram(env, nil)
		if got := p.env.asciiOnly(); got != c.ascii {
			t.Errorf("%+v: ASCII only is %t", c, got)
		}
		p.writeLabelled(p.style(false).Bold, "hint: ", "a · b → c, 1 – 2")
		want := "hint: a · b → c, 1 – 2\n"
		if c.ascii {
			want = "hint: a | b -> c, 1 - 2\n"
		}
		if written.String() != want {
			t.Errorf("%+v: %q", c, written.String())
		}
	}
}
