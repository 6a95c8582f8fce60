//go:build !linux && !darwin

package spool

import (
	"os"
	"runtime"
)

func lock(*os.File) {}

func ours(os.FileInfo) bool { return true }

// removeUnlocked removes a file where the system refuses to as long as somebody has it open.
func removeUnlocked(path string, _ os.FileInfo) {
	if runtime.GOOS == "windows" {
		_ = os.Remove(path)
	}
}
