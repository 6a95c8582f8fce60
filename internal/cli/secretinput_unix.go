//go:build linux || darwin

package cli

import (
	"bufio"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// hideTyping stops a terminal from showing what is typed, and returns the function that reads a line of it.
// term.ReadPassword is not used: it does not end at Ctrl-D.
func hideTyping(terminal int) (readLine func() (string, error), err error) {
	state, err := unix.IoctlGetTermios(terminal, getTermios)
	if err != nil {
		return nil, err
	}
	state.Lflag &^= unix.ECHO
	state.Lflag |= unix.ICANON | unix.ISIG
	state.Iflag |= unix.ICRNL
	// A terminal in this mode gives one line at a time, so that no other line is read ahead.
	return func() (string, error) { return bufio.NewReader(os.Stdin).ReadString('\n') }, unix.IoctlSetTermios(terminal, setTermios, state)
}

// continuedAfterStop returns a channel that tells when the process runs again after Ctrl-Z, until stop is called.
func continuedAfterStop() (continued <-chan os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGCONT)
	return signals, func() { signal.Stop(signals) }
}
