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
	if head, err := Head("file", 3); string(head) != "con" || err != nil {
		t.Errorf("it begins with %q, %v", head, err)
	}
	if link, err := Head("link", 3); link != nil || err != nil {
		t.Errorf("a link: %q, %v", link, err)
	}
	if pipe, err := Head("pipe", 3); pipe != nil || err != nil {
		t.Errorf("a pipe: %q, %v", pipe, err)
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
