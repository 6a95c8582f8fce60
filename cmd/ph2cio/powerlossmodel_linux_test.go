package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatAPowerLossMayLeave replaces a file in careless and in careful ways, and checks which contents the
// model of a disk has for it after a power loss.
func TestWhatAPowerLossMayLeave(t *testing.T) {
	const (
		create   = `open("/disk/a.new", O_WRONLY|O_CREAT, 0600) = 3`
		write    = `write(3, "new", 3) = 3`
		syncFile = `fsync(3) = 0`
		rename   = `rename("/disk/a.new", "/disk/a") = 0`
		openDir  = `open("/disk", O_RDONLY) = 4`
		syncDir  = `fsync(4) = 0`
		truncate = `open("/disk/a", O_WRONLY|O_TRUNC) = 3`
	)
	for name, c := range map[string]struct {
		calls []string
		want  []string
	}{
		"nothing synced":         {[]string{create, write, rename}, []string{"", "\x00\x00\x00", "new", "old"}},
		"synced under its name":  {[]string{create, write, rename, syncFile}, []string{"new", "old"}},
		"synced before":          {[]string{create, write, syncFile, rename}, []string{"new", "old"}},
		"the directory only":     {[]string{create, write, rename, openDir, syncDir}, []string{"", "\x00\x00\x00", "new"}},
		"file and directory":     {[]string{create, write, syncFile, rename, openDir, syncDir}, []string{"new"}},
		"written in place":       {[]string{truncate, write}, []string{"", "\x00\x00\x00", "new", "old"}},
		"synced in place":        {[]string{truncate, write, syncFile}, []string{"new"}},
		"a call that has failed": {[]string{create, write, `rename("/disk/a.new", "/disk/a") = -1 EACCES (Permission denied)`}, []string{"old"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDisk("/disk", tree{"a": []byte("old")})
			for i, call := range readTrace(t, traceOf(t, c.calls)) {
				if _, err := d.apply(i, &call); err != nil {
					t.Fatal(err)
				}
			}
			left := map[string]bool{}
			for _, lost := range d.losses() {
				left[string(d.tree(&lost)["a"])] = true
			}
			if diff := cmp.Diff(c.want, slices.Sorted(maps.Keys(left))); diff != "" {
				t.Errorf("what may be left, want -, got +:\n%s", diff)
			}
		})
	}
}

// traceOf writes calls to a file in the form of strace, with all text in hexadecimal digits.
func traceOf(t *testing.T, calls []string) (path string) {
	var trace strings.Builder
	for i, call := range calls {
		call = regexp.MustCompile(`"[^"]*"`).ReplaceAllStringFunc(call, func(text string) string {
			var inHex strings.Builder
			for _, b := range []byte(strings.Trim(text, `"`)) {
				fmt.Fprintf(&inHex, `\x%02x`, b)
			}
			return `"` + inHex.String() + `"`
		})
		fmt.Fprintf(&trace, "7 1700000000.%06d %s <0.000001>\n", i, call)
	}
	path = filepath.Join(t.TempDir(), "trace")
	if err := os.WriteFile(path, []byte(trace.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
