package cli

import (
	"strings"
	"testing"

	"ph2cio/internal/cli/terminal"
)

func TestLayOut(t *testing.T) {
	const text = `One paragraph
over two lines that
is longer.

  term    what it means
          and more of it
  another  of its own width
    an example that stands as it is, however long
  -x  1
  a  b    c
Then text.
`
	const want = `One paragraph over
two lines that is
longer.

  term    what it
          means and
          more of it
  another  of its own
           width
    an example that stands as it is, however long
  -x  1
  a  b    c
Then text.
`
	if got := layOut(text, 21); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := layOut(want, 21); got != want {
		t.Errorf("laid out again:\n%s", got)
	}
}

func TestReasonsTopicHasTheTables(t *testing.T) {
	text := topicText(newRoot(newProgram(Env{}, nil)), "reasons", 80)
	if !strings.Contains(text, terminal.ReasonTables()) {
		t.Error("help reasons does not have the tables of reasons")
	}
	for line := range strings.Lines(text[strings.Index(text, "\n\n"):]) {
		if strings.HasPrefix(line, " ") && len(line) > terminal.ColumnsWithoutTerminal+1 {
			t.Errorf("a line of %d columns: %s", len(line)-1, line)
		}
	}
}
