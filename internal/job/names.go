package job

import (
	"path/filepath"
	"regexp"
	"strings"

	"ph2cio/internal/source"
)

// stdinCopy matches the name of a copy of standard input, which has a hash of what is in it.
var stdinCopy = regexp.MustCompile(`^ph2cio-stdin-([0-9a-f]+)-\d+$`)

const stdinName = "standard input "

// NameOf returns what the ledger calls a source: its absolute path. A copy of standard input is called by
// what is in it, not by where it lies.
func NameOf(path string) string {
	whole := source.Absolute(path)
	if found := stdinCopy.FindStringSubmatch(filepath.Base(whole)); found != nil {
		return stdinName + found[1]
	}
	return whole
}

// IsStdin reports whether the ledger calls a copy of standard input so.
func IsStdin(name string) bool { return strings.HasPrefix(name, stdinName) }
