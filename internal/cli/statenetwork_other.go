//go:build !linux && !darwin

package cli

// networkFS would name the network file system that a path is on; here it cannot tell.
func networkFS(string) string { return "" }
