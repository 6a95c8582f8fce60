//go:build unix

package source

import "syscall"

// readInto reads a file from its start, until it has least bytes or the file ends, and returns how many bytes
// it has read. It tries to fill room. It needs three system calls, an *os.File ten: without it a preview of
// 20,000 small files takes 24 to 30% more CPU time.
func readInto(path string, room []byte, least int) (n int, err error) {
	fd, err := again(func() (int, error) {
		return syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	})
	if err != nil {
		return 0, err
	}
	defer syscall.Close(fd)
	for n < least {
		read, err := again(func() (int, error) { return syscall.Read(fd, room[n:]) })
		if err != nil {
			return n, err
		}
		if read <= 0 {
			break
		}
		n += read
	}
	return n, nil
}

// again calls a system call until no signal interrupts it.
func again(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); err != syscall.EINTR {
			return n, err
		}
	}
}
