package cli

import "ph2cio/internal/report"

// firstFew names the first of n and says how many more there are, and how many --json lists.
func firstFew(n, listed int, name func(i int) string) string {
	return report.FirstOf(maxNamed, n, jsonListsText(listed, listed < n), name)
}

// maxNamed is how many a summary names of those that it counts.
const maxNamed = 5

// jsonListsText says that --json lists all, or how many if there are more.
func jsonListsText(listed int, more bool) string {
	if more {
		return "--json lists " + report.Count(listed)
	}
	return "--json lists all"
}
