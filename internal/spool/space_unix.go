//go:build unix

package spool

import "os"

// removeOpen removes the name of an open file, so that nothing remains of it when the program ends for any
// reason.
func removeOpen(file *os.File) { _ = os.Remove(file.Name()) }

func removeClosed(string) error { return nil }
