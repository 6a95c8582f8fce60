package cli

import "golang.org/x/sys/unix"

// The requests that read and change the state of a terminal.
const getTermios, setTermios = unix.TCGETS, unix.TCSETS
