package terminal

import "ph2cio/internal/report"

// FirstFew lists the first MaxNamed of n names and says how many more there are. listed is how many of them
// --json lists.
func FirstFew(n, listed int, name func(i int) string) string {
	return report.FirstOf(MaxNamed, n, jsonListsText(listed, listed < n), name)
}

// MaxNamed is how many a summary names of those that it counts.
const MaxNamed = 5

// jsonListsText says that --json lists all, or how many if there are more.
func jsonListsText(listed int, more bool) string {
	if more {
		return "--json lists " + report.Count(listed)
	}
	return "--json lists all"
}
