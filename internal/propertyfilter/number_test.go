package propertyfilter

import "testing"

func TestNumberOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"5": 5, "-5.25": -5.25, "+.5": .5, "5.": 5, "5e+2": 500, "5E-1": .5, "007": 7} {
		if n, ok := numberOf([]byte(text)); !ok || n != want {
			t.Errorf("%q is %v, %v", text, n, ok)
		}
	}
	for _, text := range []string{"", "-", ".", "e5", "5e", "5e+", "5x", "1.2.3", "2026-03-01", "inf", "nan", "0x10", "1_000", " 5", "5 ", "--5"} {
		if n, ok := numberOf([]byte(text)); ok {
			t.Errorf("%q is %v", text, n)
		}
	}
}
