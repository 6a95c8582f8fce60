package main

import (
	"context"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"ph2cio/internal/cli"
)

// stopByPipe makes output that its reader has closed stop the command as a signal does: nobody would see any
// more what is sent, and that goes for stderr, with its warnings, as for stdout. Left alone, the system would
// end the program in the middle of a request. That it was SIGPIPE is said by the write that fails: the signal
// itself may also come of a connection to the API.
func stopByPipe(env *cli.Env, cancel context.CancelCauseFunc) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // so that such a write is an error
	stop := func() { cancel(&cli.Interrupted{Signal: syscall.SIGPIPE}) }
	if !env.StdoutTerminal {
		env.Stdout = &output{os.Stdout, stop}
	}
	if !env.StderrTerminal {
		env.Stderr = &output{os.Stderr, stop}
	}
}

// output is a file or a pipe that reports when its reader is gone.
type output struct {
	file   *os.File // not embedded: its other ways to write would pass Write by
	closed func()
}

// Stat tells what file that is.
func (o *output) Stat() (fs.FileInfo, error) { return o.file.Stat() }

func (o *output) Write(b []byte) (int, error) {
	n, err := o.file.Write(b)
	if readerGone(err) {
		o.closed()
	}
	return n, err
}
