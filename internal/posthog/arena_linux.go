package posthog

import (
	"syscall"
	"unsafe"
)

const hugePage = 2 << 20

// mapMemory takes memory from the system that begins at a huge page. If the system refuses, it returns
// ordinary memory.
func mapMemory(size int) (memory, whole []byte) {
	whole, err := syscall.Mmap(-1, 0, size+hugePage, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]byte, size), nil
	}
	start := -int(uintptr(unsafe.Pointer(unsafe.SliceData(whole)))) & (hugePage - 1)
	memory = whole[start : start+size : start+size]
	_ = syscall.Madvise(memory, syscall.MADV_HUGEPAGE) // a kernel without huge pages refuses, which does no harm
	return memory, whole
}

func unmapMemory(whole []byte) {
	if whole != nil {
		_ = syscall.Munmap(whole) // fails only for memory that was not mapped
	}
}
