package cli

import "testing"

func TestShellQuote(t *testing.T) {
	if got := shellJoin([]string{"a", "it's", "", "x y", "--events=A,B"}); got != `a 'it'\''s' '' 'x y' --events=A,B` {
		t.Errorf("got %s", got)
	}
}
