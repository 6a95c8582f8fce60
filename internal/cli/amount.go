package cli

import (
	"fmt"
	"strconv"
	"strings"
)

// minAmount is the least --memory, in bytes: a run needs about this much besides what it knows of people. The
// least --cache-size is the same.
const minAmount = 64e6

// parseBytes reads an amount of memory or disk such as 1GB, 512MB or 1073741824.
func parseBytes(text string) (int64, error) {
	number, unit := strings.TrimSpace(text), int64(1)
	for suffix, size := range map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30} {
		if cut, ok := strings.CutSuffix(strings.ToUpper(number), suffix); ok {
			number, unit = strings.TrimSpace(cut), size
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n > 0) || n*float64(unit) > 1<<50 {
		return 0, fmt.Errorf("must be an amount such as 1GB or 512MB, not %q", text)
	}
	if size := int64(n * float64(unit)); size >= minAmount {
		return size, nil
	}
	return 0, fmt.Errorf("must be 64MB or more, not %q", text)
}
