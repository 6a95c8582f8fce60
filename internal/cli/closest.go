package cli

// closest is the one of some names that a mistyped one is most likely meant to be; empty if none is like it.
func closest(typed string, names []string) (best string) {
	least := 1 + len(typed)/6
	for _, name := range names {
		if d := distance(typed, name); d <= least {
			best, least = name, d-1
		}
	}
	return best
}

// distance is how many bytes to put in, take out, replace or swap with the next make one text of another.
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
