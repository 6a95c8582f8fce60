//go:build !unix

package cli

import "io/fs"

// readableByOthers reports whether anyone but the owner may read a file with this mode; such systems do not
// say it in the mode.
func readableByOthers(fs.FileMode) bool { return false }
