package main

import (
	"context"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"ph2cio/internal/cli"
)

// stopByPipe makes the command stop, as at a signal, when the reader of its output closes the pipe: nobody
// would see any more what is sent. That holds for stderr, which has the warnings, as for stdout. Without it
// the system would end the process in the middle of a request. The write that fails shows that the pipe is
// closed; the signal SIGPIPE does not, since a connection to the API may raise it too.
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

// output is a file or a pipe. It calls closed when a write finds that the reader has closed the pipe.
type output struct {
	file   *os.File // not embedded: its other ways to write would pass Write by
	closed func()
}

// Stat returns what is known of the file.
func (o *output) Stat() (fs.FileInfo, error) { return o.file.Stat() }

func (o *output) Write(b []byte) (int, error) {
	n, err := o.file.Write(b)
	if readerGone(err) {
		o.closed()
	}
	return n, err
}
