package cli

import (
	"strings"

	"ph2cio/internal/escape"
)

// shellJoin quotes words for a POSIX shell.
func shellJoin(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = escape.Shell(word)
	}
	return strings.Join(quoted, " ")
}
