package posthog

import (
	"fmt"
	"strconv"
	"strings"

	"ph2cio/internal/escape"
)

// Quoted shows text from a row, which may hold anything, on one line: escaped, and shortened.
func Quoted(text []byte) string { return escape.Quoted(string(text)) }

// listed shows names from a file, which may hold anything, on one line.
func listed(names []string) string {
	const most, longest = 12, 40
	var shown []string
	for _, name := range names[:min(len(names), most)] {
		if len(name) > longest {
			name = strings.ToValidUTF8(name[:longest], "") + "..."
		}
		shown = append(shown, name)
	}
	if len(names) > most {
		shown = append(shown, "...")
	}
	return strconv.Quote(strings.Join(shown, ", "))
}

// several writes a number of things with the right plural.
func several(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
