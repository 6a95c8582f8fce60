package cli

import "strings"

// closest returns the name that a mistyped one most likely means, empty if none is similar.
func closest(typed string, names []string) (best string) {
	least := 1 + len(typed)/6
	for _, name := range names {
		d := distance(typed, name)
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

// distance counts the bytes to insert, remove, replace or swap with the next that turn one text into the
// other.
func distance(a, b string) int {
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last = last, row
		row = make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
