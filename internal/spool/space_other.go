//go:build !unix

package spool

import "os"

func removeOpen(*os.File) {}

func removeClosed(name string) error { return os.Remove(name) }
