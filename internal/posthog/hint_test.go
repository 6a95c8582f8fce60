package posthog

import (
	"strings"
	"testing"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
)

func TestDamageBeforeTheFirstRowClaimsNoRows(t *testing.T) {
	for _, p := range packing.All {
		file := p.Pack(t, numbered("a", 3000), 1<<20)
		_, troubles := readRows(t, []source.Source{sourceOf(t, "x", file[:12])}, Options{})
		if len(troubles) == 1 && troubles[0].Kind == Damaged && strings.Contains(troubles[0].Advice, "rows before the damage were read") {
			t.Errorf("%s: %v: %s", p.Name, troubles[0], troubles[0].Advice)
		}
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x", file[:len(file)-7])}, Options{})
		if len(rows) > 0 && !strings.Contains(troubles[0].Advice, "rows before the damage were read") {
			t.Errorf("%s: %d rows, %v: %s", p.Name, len(rows), troubles[0], troubles[0].Advice)
		}
	}
}
