//go:build linux || darwin

package spool

import (
	"os"
	"syscall"
)

// lock marks a file as being written, until it is closed or the process ends for any reason. On a disk
// without locks it does nothing.
func lock(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// ours reports whether a file belongs to the current user.
func ours(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}

// removeUnlocked removes the file that info is of, unless its writer is alive.
func removeUnlocked(path string, info os.FileInfo) {
	file, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer file.Close()
	opened, err := file.Stat()
	if err != nil || !os.SameFile(info, opened) || syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return
	}
	_ = os.Remove(path)
}
