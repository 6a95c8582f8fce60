package mappingfile

import "strings"

// nearest returns the known name that was probably meant, or "".
func nearest(name string, known []string) (meant string) {
	dashed := func(s string) string { return strings.ReplaceAll(s, "_", "-") }
	name = dashed(strings.ToLower(strings.TrimLeft(name, "-")))
	if len(name) > 40 {
		return ""
	}
	most := 1 + len(name)/4
	for _, one := range known {
		if d := edits(name, dashed(one)); d <= most && d < len(one) {
			meant, most = one, d-1
		}
	}
	return meant
}

// edits returns how many bytes must be put in, taken out or replaced to make one text of the other.
func edits(from, to string) int {
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(from) {
		diagonal := row[0]
		row[0]++
		for j := range len(to) {
			replace := diagonal
			if from[i] != to[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
