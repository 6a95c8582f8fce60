package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/gofrs/flock"
)

func me() Holder {
	return Holder{PID: os.Getpid(), Host: "here", Since: time.Date(2026, 3, 1, 2, 30, 0, 0, time.UTC), Command: "ph2cio backfill export"}
}

func take(t *testing.T, dir string, wait time.Duration) *Lock {
	t.Helper()
	l, err := Take(t.Context(), dir, me(), wait)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestOneRunAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := take(t, dir, 0)
	_, err := Take(t.Context(), dir, me(), 0)
	held, ok := errors.AsType[*LockedError](err)
	if !ok || held.Holder != me() {
		t.Fatalf("the second got %v", err)
	}
	for _, word := range []string{dir, "on here", "2026-03-01 02:30:00 UTC", "ph2cio backfill export"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
	if h, running := Running(dir); !running || h != me() {
		t.Errorf("running: %v, %+v", running, h)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	if _, running := Running(dir); running {
		t.Error("it is still held")
	}
	if _, err := os.Stat(filepath.Join(dir, holderName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("who held the lock is still there: %v", err)
	}
	take(t, dir, 0).Release()
}

func TestWaitingForTheLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := take(t, dir, 0)
	time.AfterFunc(300*time.Millisecond, func() { first.Release() })
	take(t, dir, 20*time.Second).Release()

	second := take(t, dir, 0)
	defer second.Release()
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	cancel(stopped)
	if _, err := Take(ctx, dir, me(), time.Hour); !errors.Is(err, stopped) {
		t.Errorf("a wait that was stopped ended with %v", err)
	}
}

// TestALookDoesNotKeepASenderOut has somebody who holds the lock for a moment, as Running does to look who
// holds it. A run that does not wait for other runs still gets the lock.
func TestALookDoesNotKeepASenderOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	look := flock.New(filepath.Join(dir, lockName))
	if taken, err := look.TryRLock(); err != nil || !taken {
		t.Fatalf("taken: %v, %v", taken, err)
	}
	time.AfterFunc(retryEvery/5, func() { look.Close() })
	take(t, dir, 0).Release()
}

// TestWhoHeldItBeforeIsForgotten has a holder that was killed, and one that has not written its file yet.
func TestWhoHeldItBeforeIsForgotten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, holderName), []byte(`{"pid":1,"host":"gone"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, running := Running(dir); running {
		t.Error("a holder that was killed still holds it")
	}
	l := take(t, dir, 0)
	if got := l.readHolder(); got != me() {
		t.Errorf("held by %+v", got)
	}
	if err := os.WriteFile(filepath.Join(dir, holderName), []byte(`{`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(t.Context(), dir, me(), 0); err == nil || !strings.Contains(err.Error(), "another run is sending from "+dir) {
		t.Errorf("error %v", err)
	}
	l.Release()
}

func TestLocksAreForTheirOwnerAndNoLinks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("permissions and links are others there")
	}
	dir := t.TempDir()
	l := take(t, dir, 0)
	for _, name := range []string{lockName, holderName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	l.Release()
	other := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, lockName), filepath.Join(other, lockName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(t.Context(), other, me(), 0); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("a link was followed: %v", err)
	}
}

// TestHolderIsSafeToShow has a command with characters that steer a terminal. The holder file has them
// escaped, and reading it returns the command as it was.
func TestHolderIsSafeToShow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	held := me()
	held.Command = "ph2cio backfill ev\u009b2J\u202e\x7f.jsonl"
	lock, err := Take(t.Context(), dir, held, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := lock.Release(); err != nil {
			t.Error(err)
		}
	}()
	text, err := os.ReadFile(filepath.Join(dir, holderName))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(string(text), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		t.Errorf("it holds %q", text)
	}
	if got, running := Running(dir); !running || got != held {
		t.Errorf("got %+v, want %+v", got, held)
	}
}

// TestTheHolderFileGoesBeforeTheLock takes the lock again and again, at the instant when it is released. The
// file of the old holder must be gone by then: removed later, it would be the file of the next one.
func TestTheHolderFileGoesBeforeTheLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	next := flock.New(filepath.Join(dir, lockName))
	defer next.Close()
	for range 300 {
		first := take(t, dir, 0)
		ready, found := make(chan struct{}), make(chan error)
		go func() {
			close(ready)
			for {
				taken, err := next.TryLock()
				if err == nil && !taken {
					continue
				}
				if err == nil {
					if _, err := os.Lstat(filepath.Join(dir, holderName)); err == nil {
						found <- errors.Join(errors.New("the holder file is still there"), next.Unlock())
						return
					}
					err = next.Unlock()
				}
				found <- err
				return
			}
		}()
		<-ready
		if err := errors.Join(first.Release(), <-found); err != nil {
			t.Fatal(err)
		}
	}
}
