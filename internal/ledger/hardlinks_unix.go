//go:build unix

package ledger

import (
	"io/fs"
	"syscall"
)

// linked reports whether a file has several hard links.
func linked(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink > 1
}
