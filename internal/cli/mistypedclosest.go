package cli

import (
	"strings"

	"ph2cio/internal/spelling"
)

// closest returns the name that a mistyped one most likely means, empty if none is similar.
func closest(typed string, names []string) (best string) {
	least := 1 + len(typed)/6
	for _, name := range names {
		d := spelling.Distance(typed, name)
		if d < least || d == least && (best == "" || strings.HasPrefix(name, typed)) {
			best, least = name, d
		}
	}
	if best == "" {
		return onlyWithPrefix(typed, names)
	}
	return best
}

// onlyWithPrefix returns the one name that begins with what was typed, empty if none or several do.
func onlyWithPrefix(typed string, names []string) (only string) {
	const least = 3
	for _, name := range names {
		switch {
		case len(typed) < least || !strings.HasPrefix(name, typed):
		case only != "":
			return ""
		default:
			only = name
		}
	}
	return only
}
