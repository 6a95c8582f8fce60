package dotenv

import (
	"strings"
	"testing"
)

// TestSetKeepsAllElse gives settings new values in files of many forms.
func TestSetKeepsAllElse(t *testing.T) {
	settings := []Setting{{"KEY", "new"}, {"ID", "a b#c$d"}}
	for before, want := range map[string]string{
		"":                  "KEY=new\nID='a b#c$d'\n",
		"# mine\n\nOTHER=1": "# mine\n\nOTHER=1\nKEY=new\nID='a b#c$d'\n",
		"KEY=\nID=\n":       "KEY=new\nID='a b#c$d'\n",
		"# KEY=x\r\nKEY='old'\r\nOTHER=\"\\n\"\r\n":    "# KEY=x\r\nKEY=new\r\nOTHER=\"\\n\"\r\nID='a b#c$d'\r\n",
		"KEY=1\n  KEY=2 \nID='x\ny'\nKEY=3\nZ=1":       "  ID='a b#c$d'\nKEY=new\nZ=1",
		"export KEY = \"o\\\nld\" \nID=o\\\nld\nX=1\n": "export KEY =new\nID='a b#c$d'\nX=1\n",
		ByteOrderMark + "KEY=old # not a comment\n":    ByteOrderMark + "KEY=new\nID='a b#c$d'\n",
	} {
		got, err := Set(before, settings...)
		if got != want || err != nil {
			t.Errorf("%q becomes %q (%v), want %q", before, got, err, want)
		}
	}
}

// TestSetRefuses changes nothing where a value would not be read back, or a line would join the one before it.
func TestSetRefuses(t *testing.T) {
	for _, c := range []struct{ text, value string }{
		{"A=1\n", "it's"}, {"A=1\n", "a\nb"}, {"A=1\n", "\xff"}, {"A=1\n", "a\x1bb"}, {"OTHER=x\\", "fine"}, {"OTHER='open\n", "fine"}, {"no setting\n", "fine"},
	} {
		got, err := Set(c.text, Setting{"KEY", c.value})
		if err == nil || got != "" || strings.Contains(err.Error(), c.value) {
			t.Errorf("%q with %q becomes %q, %v", c.text, c.value, got, err)
		}
	}
}

// FuzzSet holds that what is set is read back, and that nothing else is read otherwise.
func FuzzSet(f *testing.F) {
	f.Add("A=1\nKEY='x'\n", "new")
	f.Add("KEY=\\\n1\r\n#c\\\nKEY=2", "a b")
	f.Fuzz(func(t *testing.T, text, value string) {
		got, err := Set(text, Setting{"KEY", value})
		if err != nil {
			return
		}
		before, _, _ := Parse(text, nobodys)
		after, _, bad := Parse(got, nobodys)
		if after["KEY"] != value || len(bad) > 0 {
			t.Fatalf("%q in %q is read as %q, %v", value, got, after["KEY"], bad)
		}
		for name, value := range before {
			if name != "KEY" && after[name] != value {
				t.Fatalf("%s was %q and is %q", name, value, after[name])
			}
		}
	})
}
