//go:build unix

package ledger

import "syscall"

const (
	nonblock = syscall.O_NONBLOCK // opening a pipe does not wait for its other end
	nofollow = syscall.O_NOFOLLOW // a symbolic link is not opened
)
