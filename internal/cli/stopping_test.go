package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/transfer"
)

// TestASignalDecidesWhatIsReported has errors come together with a signal, as they do: its exit code counts, and
// nothing is told that only came of it.
func TestASignalDecidesWhatIsReported(t *testing.T) {
	t.Parallel()
	signal := &Interrupted{Signal: syscall.SIGTERM}
	broken := errors.New("the counters do not add up")
	cancelled := &transfer.StateError{Path: "rejects.jsonl", Err: fmt.Errorf("read: %w", context.Canceled)}
	for _, test := range []struct {
		cause error
		err   error
		code  int
		want  string
	}{
		{signal, nil, 0, "<nil>"},
		{signal, cancelled, 143, signal.Error()},
		{signal, errors.Join(fmt.Errorf("first reading: %w", signal), cancelled, &problem{err: os.ErrClosed, code: exit.Input}), 143, signal.Error()},
		{signal, errors.Join(cancelled, broken), 143, signal.Error() + "\n" + broken.Error()},
		{signal, &finished{code: exit.Rejects, why: "rejects"}, exit.Rejects, "rejects"},
		{&Interrupted{Signal: os.Interrupt}, cancelled, 130, "stopped by a signal: interrupt"},
		{&Interrupted{Signal: syscall.SIGPIPE}, nil, 141, "stopped: the program that reads the output has closed it"},
		{&Interrupted{Signal: syscall.SIGPIPE}, fmt.Errorf("write: %w", syscall.EPIPE), 141, "stopped: the program that reads the output has closed it"},
		{nil, broken, exit.Failed, broken.Error()},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		if test.cause != nil {
			cancel(test.cause)
		}
		err := afterSignal(ctx, test.err)
		code := exit.Done
		if err != nil {
			code = exitCode(err)
		}
		if code != test.code || fmt.Sprint(err) != test.want {
			t.Errorf("%v and then %v: exit code %d and %q, want %d and %q", test.cause, test.err, code, fmt.Sprint(err), test.code, test.want)
		}
		cancel(nil)
	}
}

// blocked is output that nobody reads and nobody closes.
type blocked struct{ free chan struct{} }

func (b blocked) Write(p []byte) (int, error) {
	<-b.free
	return len(p), nil
}

// TestACommandThatCannotEndIsAbandoned has a command write to a pipe that is full: it ends all the same, not before its
// time and not after.
func TestACommandThatCannotEndIsAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		out := blocked{make(chan struct{})}
		defer close(out.free)
		time.AfterFunc(time.Minute, func() { cancel(&Interrupted{Signal: syscall.SIGTERM}) })
		start := time.Now()
		env := Env{
			Stdin: strings.NewReader(""), Stdout: out, Stderr: io.Discard,
			Getenv: func(string) (string, bool) { return "", false }, Environ: func() []string { return nil },
		}
		code := Main(ctx, env, []string{"version"})
		if took := time.Since(start); code != 143 || took != time.Minute+20*time.Second {
			t.Errorf("exit code %d after %s, want 143 20 s after the signal", code, took)
		}
	})
}
