package report

import (
	"fmt"
	"strings"
)

// ListSeparator stands between the parts of a list of counts: 3 sent · 1 rejected.
const ListSeparator = " · "

// Join is strings.Join without the parts that are empty.
func Join(separator string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}

// InWords lists names with a word such as "or" before the last: a, b or c.
func InWords(names []string, word string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + word + " " + names[last]
}

// FirstOf lists at most the first most of n names. If there are more it says how many, and where they are: a,
// b and 3 more (--json lists all).
func FirstOf(most, n int, where string, name func(i int) string) string {
	var names []string
	for i := range min(n, most) {
		names = append(names, name(i))
	}
	text := strings.Join(names, ", ")
	if n > most {
		text += fmt.Sprintf(" and %s more (%s)", Count(n-most), where)
	}
	return text
}
