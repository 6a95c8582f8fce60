package report

import (
	"fmt"
	"strings"
)

// ListSeparator stands between the parts of a list of counts.
const ListSeparator = " · "

// Join puts the parts that are not empty together.
func Join(separator string, parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}

// InWords lists names with a word such as "or" before the last.
func InWords(names []string, word string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + word + " " + names[last]
}

// FirstOf lists the first of n names, most of them at most, how many more there are, and what --json lists.
func FirstOf(most, n int, json string, name func(i int) string) string {
	var names []string
	for i := range min(n, most) {
		names = append(names, name(i))
	}
	text := strings.Join(names, ", ")
	if n > most {
		text += fmt.Sprintf(" and %s more (%s)", Count(int64(n-most)), json)
	}
	return text
}
