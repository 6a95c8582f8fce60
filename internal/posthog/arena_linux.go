package posthog

import (
	"syscall"
	"unsafe"
)

const hugePage = 2 << 20

// takeMemory takes memory from the system, beginning at a huge page. Without leave to do so it is memory like any other.
func takeMemory(size int) (memory, whole []byte) {
	whole, err := syscall.Mmap(-1, 0, size+hugePage, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]byte, size), nil
	}
	start := -int(uintptr(unsafe.Pointer(unsafe.SliceData(whole)))) & (hugePage - 1)
	memory = whole[start : start+size : start+size]
	_ = syscall.Madvise(memory, syscall.MADV_HUGEPAGE) // a kernel without them says no, and it works as well
	return memory, whole
}

func giveMemory(whole []byte) {
	if whole != nil {
		_ = syscall.Munmap(whole) // it can only fail for memory that is not ours
	}
}
