//go:build !amd64 || purego

package rawjson

func markSpecialsFast([]uint64, []byte) bool { return false }
