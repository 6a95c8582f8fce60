//go:build unix

package spool

import "os"

// removeOpen takes the file's name away, so that nothing is left of it however the program ends.
func removeOpen(file *os.File) { _ = os.Remove(file.Name()) }

func removeClosed(string) error { return nil }
