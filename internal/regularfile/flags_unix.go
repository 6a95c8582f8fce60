//go:build unix

package regularfile

import "syscall"

const (
	// NonBlock is a flag of os.OpenFile: opening a pipe does not wait for its other end.
	NonBlock = syscall.O_NONBLOCK
	// NoFollow is a flag of os.OpenFile: a symbolic link is not opened.
	NoFollow = syscall.O_NOFOLLOW
)
