//go:build !unix

package ledger

import "io/fs"

// linked reports whether a file has several hard links. On these systems Lstat does not tell, so it returns
// false.
func linked(fs.FileInfo) bool { return false }
