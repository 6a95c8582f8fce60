//go:build linux || darwin

// Package diskspace tells how much room a disk has, and whether an error says that there is none.
package diskspace

import (
	"errors"
	"syscall"
)

// Free returns how many bytes an ordinary user can still write to the disk of a directory. known is false if
// the system does not tell.
func Free(dir string) (bytes int64, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0, false
	}
	return int64(uint64(s.Bavail) * uint64(s.Bsize)), true
}

// IsFull reports whether an error of the system says that a disk is full, or that a quota is used up.
func IsFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
