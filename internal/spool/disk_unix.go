//go:build linux || darwin

package spool

import (
	"errors"
	"syscall"
)

// freeDisk returns how many bytes an ordinary user can still write to the disk of dir.
func freeDisk(dir string) (bytes int64, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0, false
	}
	return int64(uint64(s.Bavail) * uint64(s.Bsize)), true
}

// full turns the system's error for a full disk into a *NoSpace.
func full(dir string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &NoSpace{Dir: dir}
	}
	return err
}
