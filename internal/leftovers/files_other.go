//go:build !linux && !darwin

package leftovers

import (
	"os"
	"runtime"
)

// Locks reports whether Lock works on this system, if not on every disk.
const Locks = false

// Lock marks an open file or directory as being in use, until it is closed or the process ends for any reason.
// On a disk or system without locks it does nothing.
func Lock(*os.File) {}

func ours(os.FileInfo) bool { return true }

// remove removes a file. The system refuses that while a process has it open. A directory stays, since part of
// what is in it may be in use.
func remove(path string, info os.FileInfo) {
	if runtime.GOOS == "windows" && !info.IsDir() {
		_ = os.Remove(path)
	}
}
