// Package browser opens pages in a headless Chromium, for tests. It speaks the DevTools protocol over two pipes,
// which needs no library (https://chromedevtools.github.io/devtools-protocol, --remote-debugging-pipe).
//
// From the bottom up:
//
//	pipe      commands and their answers
//	browser   the process
//	page      one page, what it asks the network for, and what it complains about
//	axe       what keeps people from reading a page
package browser

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// names are what the program is called.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Browser is a running Chromium.
type Browser struct{ pipe *pipe }

// mostTime is how long a browser lives at most.
const mostTime = 3 * time.Minute

// Start starts a browser, and ends it with the test. Where none is installed the test is skipped.
func Start(t *testing.T) *Browser {
	t.Helper()
	path := find()
	if path == "" || runtime.GOOS == "windows" { // where a process cannot be given more pipes
		const why = "Chromium is not installed, so no page is opened in it: apt-get install chromium, then make test-browser"
		if os.Getenv("PH2CIO_BROWSER") == "needed" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	fromUs, toBrowser := pipes(t)
	fromBrowser, toUs := pipes(t)
	ctx, stop := context.WithTimeout(context.Background(), mostTime)
	command := exec.CommandContext(ctx, path, append(arguments(t), "about:blank")...)
	command.ExtraFiles = []*os.File{fromUs, toUs} // 3 and 4, as Chromium expects them
	command.WaitDelay = 5 * time.Second
	if err := command.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	_ = fromUs.Close()
	_ = toUs.Close()
	b := &Browser{newPipe(toBrowser, fromBrowser)}
	t.Cleanup(func() {
		_, _ = b.pipe.call("", "Browser.close", nil)
		late := time.AfterFunc(10*time.Second, stop)
		_ = command.Wait() // it may have been killed
		late.Stop()
		stop()
		_ = toBrowser.Close()
		_ = fromBrowser.Close() // which ends the reading, whoever still has the other end
		b.pipe.wait()
	})
	return b
}

// arguments are the flags of a browser that asks nothing, and that keeps nothing but what is removed with the
// test.
func arguments(t *testing.T) []string {
	t.Helper()
	profile, err := os.MkdirTemp("", "browser-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) }) // processes that end a moment later may still write there
	args := []string{
		"--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + profile, "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--disable-breakpad", "--lang=en-US",
	}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox") // which root cannot have
	}
	return args
}

func find() string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func pipes(t *testing.T) (read, write *os.File) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return read, write
}
