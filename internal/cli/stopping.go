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

// A signal ends a command within stopWithin, whatever it is doing. Of that time the requests under way have
// grace; what is left is for saving their answers and, lastWrites of it, for the file of rejects.
const (
	stopWithin = 20 * time.Second
	grace      = 14 * time.Second
	lastWrites = 3 * time.Second
)

// Interrupted is the cause of a cancelled context when a signal was it. SIGPIPE stands for output whose
// reader is gone.
type Interrupted struct{ Signal os.Signal }

func (i *Interrupted) Error() string {
	if i.pipe() {
		return "stopped: the program that reads the output has closed it"
	}
	return "stopped by a signal: " + i.Signal.String()
}

// ExitCode is 128 and the signal's number, as shells count: 130 for an interrupt, 141 for output that was
// closed, 143 for a termination.
func (i *Interrupted) ExitCode() int {
	switch {
	case i.Signal == os.Interrupt:
		return exit.Interrupt
	case i.pipe():
		return exit.Pipe
	}
	return exit.Terminated
}

// Hint is empty: whoever stopped it knows.
func (i *Interrupted) Hint() string { return "" }

func (i *Interrupted) pipe() bool { return i.Signal == syscall.SIGPIPE }

// interruption is the signal that ctx was cancelled for, nil for none.
func interruption(ctx context.Context) *Interrupted {
	signal, _ := errors.AsType[*Interrupted](context.Cause(ctx))
	return signal
}

// afterSignal returns the error to report: once a signal has come it is that signal, with what went wrong
// besides. What is merely a consequence of the signal, such as a statement that was cancelled, is dropped. A
// command that has come to its end all the same was not interrupted, unless nobody reads its output.
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

// withLastWrites is ctx, or once that is done lastWrites more: for what is written down at the end of a run,
// stopped or not.
func withLastWrites(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), lastWrites)
}

// ctxReader reads a file, which may be large, as long as ctx is not done; then the error is its cause.
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

// withinStopTime runs a command and returns its exit code. One that does not end within stopWithin of a signal,
// because a disk or a terminal does not let it, is left where it is: what was acknowledged is saved by then
// as after a kill.
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
