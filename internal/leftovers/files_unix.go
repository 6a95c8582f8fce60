//go:build linux || darwin

package leftovers

import (
	"os"
	"syscall"
)

// Locks reports whether Lock works on this system, if not on every disk.
const Locks = true

// Lock marks an open file or directory as being in use, until it is closed or the process ends for any reason.
// On a disk or system without locks it does nothing.
func Lock(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) }

// ours reports whether a file belongs to the current user.
func ours(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}

// remove removes the file or directory that info is of, unless a process that is alive has locked it. It
// follows no link.
func remove(path string, info os.FileInfo) {
	flags := os.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	if info.Mode().IsRegular() && info.Mode().Perm()&0o200 != 0 {
		flags |= os.O_RDWR // some disks lock nothing else
	}
	file, err := os.OpenFile(path, flags, 0)
	if err != nil {
		return
	}
	defer file.Close()
	opened, err := file.Stat()
	if err != nil || !os.SameFile(info, opened) || syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return
	}
	_ = os.RemoveAll(path)
}
