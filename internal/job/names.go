package job

import (
	"regexp"
	"strings"

	"ph2cio/internal/source"
)

// stdinCopy matches the name of a copy of standard input. The name has a hash of the content in it.
var stdinCopy = regexp.MustCompile(`^ph2cio-stdin-([0-9a-f]+)-\d+$`)

const stdinName = "standard input "

// NameOf returns the name of a source in the ledger: its absolute path, its URL, or for a copy of standard
// input the hash of its content, since every run makes the copy elsewhere.
func NameOf(path string) string {
	whole := source.Absolute(path)
	if source.IsURL(whole) {
		return whole
	}
	if found := stdinCopy.FindStringSubmatch(source.Base(whole)); found != nil {
		return stdinName + found[1]
	}
	return whole
}

// IsStdin reports whether a name in the ledger is that of a copy of standard input.
func IsStdin(name string) bool { return strings.HasPrefix(name, stdinName) }
