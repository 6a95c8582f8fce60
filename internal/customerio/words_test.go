package customerio

import "testing"

func TestOperationsHaveTheRightPlural(t *testing.T) {
	for n, want := range map[int]string{1: "1 operation", 2: "2 operations", 1000: "1000 operations"} {
		if got := severalOperations(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
