//go:build !linux && !darwin

package spool

import (
	"os"
	"runtime"
)

func lock(*os.File) {}

func ours(os.FileInfo) bool { return true }

// removeUnlocked removes a file. The system refuses that while a process has it open.
func removeUnlocked(path string, _ os.FileInfo) {
	if runtime.GOOS == "windows" {
		_ = os.Remove(path)
	}
}
