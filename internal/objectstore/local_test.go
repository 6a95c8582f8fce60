package objectstore

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/fakestore"
)

// TestAnObjectThatHasNoRoomIsNotFetched reads an object at any offset while it is read in order, for which it
// has to be in a file: on a disk that is too small, and in a directory that does not exist. Nothing is
// fetched, and the error says what to do.
func TestAnObjectThatHasNoRoomIsNotFetched(t *testing.T) {
	f := &fake{}
	f.fill(1, 100_000)
	for _, test := range []struct {
		dir  string
		size int64
		want string
	}{
		{t.TempDir(), 1 << 60, "needs 1152921504.6 GB, but the disk of "},
		{filepath.Join(t.TempDir(), "nowhere"), 100_000, "no such file or directory"},
	} {
		one := listAll(t, f.start(t, Options{Temporary: test.dir}), "s3://bucket/")[0]
		one.Size = test.size
		file, err := one.Open(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		_, err = file.(io.ReaderAt).ReadAt(make([]byte, 10), 70_000)
		var e *Error
		if !errors.As(err, &e) || e.ExitCode() != exit.State || !errors.Is(err, source.ErrUnavailable) || !strings.Contains(e.Error(), test.want) || !strings.Contains(e.Hint(), "--tmp") {
			t.Errorf("%s: %v", test.dir, err)
		}
		if gets := f.TakeCounts().Gets; gets > 0 {
			t.Errorf("%s: %d requests", test.dir, gets)
		}
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestClosingEndsFetchingAWholeObject closes the stores while an object is fetched into a file.
func TestClosingEndsFetchingAWholeObject(t *testing.T) {
	f := &fake{}
	f.Put("x", noise(1, 1<<20))
	s := f.start(t, Options{Cache: t.TempDir(), Temporary: t.TempDir()})
	f.Fail(func(r *http.Request, _ int) *fakestore.Fault {
		if fakestore.IsList(r) {
			return nil
		}
		return &fakestore.Fault{Delay: 10 * time.Second}
	})
	file, err := listAll(t, s, "s3://bucket/")[0].Open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	time.AfterFunc(50*time.Millisecond, s.Close)
	if _, err := file.(io.ReaderAt).ReadAt(make([]byte, 100), 900_000); !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
}
