//go:build !linux

package posthog

func mapMemory(size int) (memory, whole []byte) { return make([]byte, size), nil }

func unmapMemory([]byte) {}
