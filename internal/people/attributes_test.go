package people

import (
	"fmt"
	"ph2cio/internal/fold"
	"strings"
	"testing"
)

func TestAttributesYieldsWhatAppendAttributesAppends(t *testing.T) {
	t.Parallel()
	keys := []string{`"email":"maya@example.com"`, `"n":null`, `"plan":"pro"`}
	for n := range fold.MaxKeys + 1 { // so that the last keys are written out
		keys = append(keys, fmt.Sprintf(`"z%04d":%d`, n, n))
	}
	s := decided(Options{KeepNull: true}, Choice{Who: All}, rowsOf(withAttributes("maya", "{"+strings.Join(keys, ",")+"}")))
	p, _ := s.Lookup(b("maya"))
	var got []string
	for name, value := range s.Attributes(p) {
		got = append(got, fmt.Sprintf("%q:%s", name, value))
	}
	if want := string(s.AppendAttributes(nil, p)); "{"+strings.Join(got, ",")+"}" != want || len(got) != len(keys) {
		t.Errorf("%d of %d attributes, or others than in\n%.200s", len(got), len(keys), want)
	}
	for name := range s.Attributes(p) {
		if name != "email" {
			t.Errorf("first %q", name)
		}
		break
	}
}
