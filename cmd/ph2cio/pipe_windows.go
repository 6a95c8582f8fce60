package main

import (
	"errors"
	"syscall"
)

// ERROR_NO_DATA of learn.microsoft.com/windows/win32/debug/system-error-codes--0-499-
const pipeClosing = syscall.Errno(232)

// readerGone reports whether a write failed because the reader has closed the pipe.
func readerGone(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, pipeClosing)
}
