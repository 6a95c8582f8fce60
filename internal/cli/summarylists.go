package cli

import "ph2cio/internal/report"

// firstFew lists the first of n names, and how many more there are. --json lists so many of them.
func firstFew(n, listed int, name func(i int) string) string {
	return report.FirstOf(maxNamed, n, jsonListsText(listed, listed < n), name)
}

// maxNamed is how many of those that a summary only counts it also names.
const maxNamed = 5

// jsonListsText says that --json lists all, or how many it does where there are more.
func jsonListsText(listed int, more bool) string {
	if more {
		return "--json lists " + report.Count(listed)
	}
	return "--json lists all"
}
