package mappingfile

import (
	"strings"

	"ph2cio/internal/spelling"
)

// nearest returns the known name that was probably meant, or "".
func nearest(name string, known []string) (meant string) {
	dashed := func(s string) string { return strings.ReplaceAll(s, "_", "-") }
	name = dashed(strings.ToLower(strings.TrimLeft(name, "-")))
	if len(name) > 40 {
		return ""
	}
	most := 1 + len(name)/4
	for _, one := range known {
		if d := spelling.Distance(name, dashed(one)); d <= most && d < len(one) {
			meant, most = one, d-1
		}
	}
	return meant
}
