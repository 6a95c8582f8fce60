package cli

import "ph2cio/internal/report"

// firstFew lists the first of n names, and how many more there are. --json lists so many of them.
func firstFew(n, listed int, name func(i int) string) string {
	return report.FirstOf(mostNamed, n, jsonLists(listed, listed < n), name)
}

// mostNamed is how many of those that a summary only counts it also names.
const mostNamed = 5

// jsonLists says that --json lists all, or how many it does where there are more.
func jsonLists(listed int, more bool) string {
	if more {
		return "--json lists " + report.Count(listed)
	}
	return "--json lists all"
}
