//go:build !linux && !darwin

package cli

// networkFS returns nothing: on these systems it is not known which file systems are on a network.
func networkFS(string) string { return "" }
