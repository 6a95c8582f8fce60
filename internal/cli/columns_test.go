package cli

import "testing"

func TestColumns(t *testing.T) {
	for width, want := range map[int]int{0: 80, 60: 60, 80: 80, 100: 100, 240: 100} {
		if got := (&program{env: Env{Width: width}}).columns(); got != want {
			t.Errorf("a terminal of %d: %d columns, want %d", width, got, want)
		}
	}
}
