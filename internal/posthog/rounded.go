package posthog

import "ph2cio/internal/escape"

// rounded reports whether an ID is a number that a spreadsheet has rounded: 4892010000000123 becomes
// 4.89201E+15, so that many IDs become the same.
func rounded(id []byte) bool {
	i := 0
	if i < len(id) && id[i] == '-' {
		i++
	}
	if i == len(id) || !digit(id[i]) {
		return false
	}
	if i++; i < len(id) && (id[i] == '.' || id[i] == ',') {
		point := i
		for i++; i < len(id) && digit(id[i]); i++ {
		}
		if i == point+1 {
			return false
		}
	}
	if len(id)-i < len("E+15") || id[i] != 'E' || id[i+1] != '+' {
		return false
	}
	for i += 2; i < len(id) && digit(id[i]); i++ {
	}
	return i == len(id)
}

// isRounded reports whether an ID was rounded, and does not have the form of the user's own.
func isRounded(id []byte, userID func(id []byte) bool) bool {
	return rounded(id) && (userID == nil || !userID(id))
}

func roundedID(what string, id []byte) *fault {
	f := roundedCell(what, id)
	f.add("; if your IDs do look like this, use --user-id")
	return f
}

func roundedCell(what string, cell []byte) *fault {
	return faultf(RoundedID, "%s is %s: a spreadsheet has rounded a longer number and lost the other digits; "+
		"export again, and do not save the file in a spreadsheet", what, escape.Quoted(string(cell)))
}
