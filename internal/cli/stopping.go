package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"ph2cio/internal/exit"
)

// A signal ends a command within stopWithin, whatever it is doing. The requests under way get the first part
// of that time, grace. The rest is for saving their answers, and at most lastWrites of it for the file of
// rejects.
const (
	stopWithin = 20 * time.Second
	grace      = 14 * time.Second
	lastWrites = 3 * time.Second
)

// Interrupted is the cause of a context that a signal has cancelled. SIGPIPE stands for output whose reader
// is gone.
type Interrupted struct{ Signal os.Signal }

func (i *Interrupted) Error() string {
	if i.pipe() {
		return "stopped: the program that reads the output has closed it"
	}
	return "stopped by a signal: " + i.Signal.String()
}

// ExitCode is 128 plus the number of the signal, as in shells: 130 for an interrupt, 141 for closed output,
// 143 for a termination.
func (i *Interrupted) ExitCode() int {
	switch {
	case i.Signal == os.Interrupt:
		return exit.Interrupt
	case i.pipe():
		return exit.Pipe
	}
	return exit.Terminated
}

// Hint is empty: whoever stopped the program knows why.
func (i *Interrupted) Hint() string { return "" }

func (i *Interrupted) pipe() bool { return i.Signal == syscall.SIGPIPE }

// interruption returns the signal that has cancelled ctx, nil for none.
func interruption(ctx context.Context) *Interrupted {
	signal, _ := errors.AsType[*Interrupted](context.Cause(ctx))
	return signal
}

// afterSignal returns the error to report. After a signal that is the signal, joined with the faults that it
// does not explain; its mere consequences, such as a cancelled statement, are dropped. A command that has
// come to its end all the same was not interrupted, unless nobody reads its output.
func afterSignal(ctx context.Context, err error) error {
	signal := interruption(ctx)
	if signal == nil || isFinished(err) || err == nil && !signal.pipe() {
		return err
	}
	return errors.Join(append([]error{signal}, unexplained(err)...)...)
}

// unexplained returns the parts of an error that no signal explains.
func unexplained(err error) (real []error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			real = append(real, unexplained(part)...)
		}
		return real
	}
	if _, signal := errors.AsType[*Interrupted](err); err == nil || signal {
		return nil
	}
	for _, consequence := range []error{context.Canceled, context.DeadlineExceeded, fs.ErrClosed, syscall.EPIPE} {
		if errors.Is(err, consequence) {
			return nil
		}
	}
	return []error{err}
}

// withLastWrites is ctx, or lastWrites more once ctx is done: for what is written at the end of a run,
// stopped or not.
func withLastWrites(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), lastWrites)
}

// ctxReader reads until ctx is done; then the error is its cause.
type ctxReader struct {
	ctx context.Context
	io.Reader
}

func (u ctxReader) Read(b []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	return u.Reader.Read(b)
}

// withinStopTime runs a command and returns its exit code. A command that does not end within stopWithin of a
// signal, because a disk or a terminal blocks it, is abandoned. Everything acknowledged is saved by then, as
// after a kill.
func withinStopTime(ctx context.Context, command func() int) int {
	ended := make(chan int, 1)
	go func() { ended <- command() }()
	select {
	case code := <-ended:
		return code
	case <-ctx.Done():
	}
	select {
	case code := <-ended:
		return code
	case <-time.After(stopWithin):
		return exitCode(context.Cause(ctx))
	}
}
