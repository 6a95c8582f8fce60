//go:build !purego

package posthog

import "golang.org/x/sys/cpu"

// markStopsFast does the work of markStopsWords with AVX2, if the processor has it.
func markStopsFast(marks []uint64, data []byte) bool {
	if !cpu.X86.HasAVX2 {
		return false
	}
	markStopsAVX2(&marks[0], &data[0], len(marks))
	return true
}

// markStopsAVX2 reads 64 bytes of data for each of n words of marks.
//
//go:noescape
func markStopsAVX2(marks *uint64, data *byte, n int)
