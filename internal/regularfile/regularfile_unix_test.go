//go:build unix

package regularfile

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// TestOnlyRegularFilesAreOpened opens what would wait, or have no end, and links.
func TestOnlyRegularFilesAreOpened(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		os.WriteFile("file", []byte("content"), 0o600), os.Mkdir("directory", 0o700), syscall.Mkfifo("pipe", 0o600),
		os.Symlink("file", "link"), os.Symlink("pipe", "linked pipe"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ path, follows, not string }{
		{"file", "", ""},
		{"link", "", "link is a symbolic link, not a regular file"},
		{"directory", "directory is a directory, not a regular file", "directory is a directory, not a regular file"},
		{"pipe", "pipe is a pipe (FIFO), not a regular file", "pipe is a pipe (FIFO), not a regular file"},
		{"linked pipe", "linked pipe is a pipe (FIFO), not a regular file", "linked pipe is a symbolic link, not a regular file"},
		{"/dev/zero", "/dev/zero is a device, not a regular file", "/dev/zero is a device, not a regular file"},
	} {
		check(t, Open, test.path, test.follows)
		check(t, OpenNoFollow, test.path, test.not)
	}
	if _, err := Open("none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	if head := Head("file", 3); string(head) != "con" {
		t.Errorf("it begins with %q", head)
	}
	if Head("link", 3) != nil || Head("pipe", 3) != nil {
		t.Error("a link or a pipe has a beginning")
	}
}

func check(t *testing.T, open func(string) (*os.File, error), path, want string) {
	t.Helper()
	got := ""
	file, err := open(path)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("%s: %q, want %q", path, got, want)
	}
}
