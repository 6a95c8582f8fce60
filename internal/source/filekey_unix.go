//go:build linux || darwin

package source

import (
	"io/fs"
	"syscall"
)

// keyOf returns the device and the number of a file: no two files have the same.
func keyOf(info fs.FileInfo) fileKey {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return fileKey{uint64(stat.Dev), stat.Ino}
	}
	return fileKey{uint64(info.Size()), uint64(info.ModTime().UnixNano())}
}
