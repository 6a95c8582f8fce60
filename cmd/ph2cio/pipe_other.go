//go:build !windows

package main

import (
	"errors"
	"syscall"
)

// readerGone reports whether an error is that of a write to a pipe whose reader is gone.
func readerGone(err error) bool { return errors.Is(err, syscall.EPIPE) }
