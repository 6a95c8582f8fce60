package terminal

import "testing"

func TestWrapIndented(t *testing.T) {
	for _, c := range []struct {
		text          string
		width, indent int
		want          string
	}{
		{"one two three", 80, 4, "one two three"},
		{"one two three", 12, 4, "one two\n    three"},
		{"one two\nthree four", 11, 4, "one two\n    three\n    four"},
		{"a  b   c", 80, 2, "a  b   c"},
		{"a  bbb   c", 7, 2, "a\n  bbb\n  c"},
		{"unbreakably long", 4, 2, "unbreakably\n  long"},
		{"\x1b[1mone\x1b[0m two six", 7, 0, "\x1b[1mone\x1b[0m two\nsix"},
		{"日本 日本 日本", 9, 0, "日本 日本\n日本"},
		{"cafe\u0301 ok x", 9, 0, "cafe\u0301 ok x"},
		{"", 80, 4, ""},
		{"add --people all to it", 15, 0, "add\n--people all to\nit"},
		{"add --events 'Order *,x' now", 23, 0, "add\n--events 'Order *,x'\nnow"},
		{"(see --yes), and --only ID", 14, 0, "(see --yes),\nand --only ID"},
		{"then run `ph2cio retry --yes` (twice)", 24, 0, "then run\n`ph2cio retry --yes`\n(twice)"},
		{"run `a command of many words` there", 12, 0, "run `a\ncommand of\nmany words`\nthere"},
		{"is one of 12 people", 16, 0, "is one of\n12 people"},
		{"in 2026, people", 10, 0, "in 2026,\npeople"},
		{"an open ` quote and --flag", 12, 0, "an open `\nquote and\n--flag"},
	} {
		if got := Wrap(c.text, c.width, c.indent); got != c.want {
			t.Errorf("%q in %d columns, %d in: %q, want %q", c.text, c.width, c.indent, got, c.want)
		}
	}
}
