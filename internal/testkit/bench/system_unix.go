//go:build linux || darwin

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the most memory that an ended process had resident, in bytes.
//
// On Linux a process starts with its parent's peak, so this program must stay small: it makes rows one by
// one.
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024 // kilobytes on Linux
}

// freeDisk is how many bytes may still be written below a directory.
func freeDisk(dir string) uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}

// mapFile returns the bytes of a file that must not change, without reading it.
func mapFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return syscall.Mmap(int(file.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
}
