//go:build unix

package cli

import "io/fs"

// readableByOthers reports whether anyone but the owner may read a file with this mode.
func readableByOthers(mode fs.FileMode) bool { return mode.Perm()&0o077 != 0 }
