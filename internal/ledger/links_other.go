//go:build !unix

package ledger

import "io/fs"

// linked reports whether a file has another name too, a hard link; such systems do not say it in what Lstat returns.
func linked(fs.FileInfo) bool { return false }
