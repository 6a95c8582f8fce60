package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ph2cio/internal/sandbox"
)

// TestInitAtATerminal types into init at a pseudo terminal. Whatever happens, the terminal never shows
// credentials, and shows what is typed again once the program has ended.
func TestInitAtATerminal(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey}).Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for _, c := range []struct {
		name  string
		typed []string // one after each prompt
		code  int
		env   string
	}{
		{"both", []string{canarySite + "\n", canaryKey + "\n"}, 0, "CUSTOMERIO_SITE_ID=" + canarySite + "\nCUSTOMERIO_API_KEY=" + canaryKey + "\n"},
		{"pasted at once", []string{canarySite + "\n" + canaryKey + "\n"}, 0, "CUSTOMERIO_SITE_ID=" + canarySite + "\nCUSTOMERIO_API_KEY=" + canaryKey + "\n"},
		{"Ctrl-C", []string{canarySite + "\n", canaryKey + "\x03"}, 130, ""},
		{"Ctrl-D", []string{canarySite + "\n", "\x04"}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			text, code := typeIntoInit(t, dir, box.URL(), c.typed)
			env, _ := os.ReadFile(filepath.Join(dir, ".env"))
			if code != c.code || !strings.HasSuffix(string(env), c.env) || c.env == "" && len(env) > 0 {
				t.Errorf("exit code %d, .env has %q\n%s", code, env, text)
			}
			if strings.Contains(text, canarySite) || strings.Contains(text, canaryKey) {
				t.Errorf("the terminal shows credentials:\n%s", text)
			}
		})
	}
}

// typeIntoInit runs init in a directory and types after each prompt. It returns what the terminal showed.
func typeIntoInit(t *testing.T, dir, url string, typed []string) (text string, code int) {
	t.Helper()
	main, side, err := openTerminal()
	if err != nil {
		t.Fatal(err)
	}
	defer main.Close()
	defer side.Close()
	before := echoes(t, side)
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "init")
	c.Dir = dir
	c.Env = []string{"CUSTOMERIO_TRACK_URL=" + url, "TERM=dumb", "PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GORACE=" + endsSoon}
	c.Stdin, c.Stdout, c.Stderr = side, side, side
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	screen, ended := &screen{}, make(chan struct{})
	go screen.readFrom(main)
	go func() { defer close(ended); _ = c.Wait() }()
	for i, line := range typed {
		if !screen.waitFor([]string{"Site ID: ", "API key: "}[i], ended) {
			t.Fatalf("no prompt\n%s", screen)
		}
		if echoes(t, side) {
			t.Error("it asks before it hides what is typed")
		}
		if _, err := main.WriteString(line); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		_ = c.Process.Kill()
		<-ended
		t.Errorf("init does not end\n%s", screen)
	}
	if echoes(t, side) != before {
		t.Error("the terminal does not show what is typed any more")
	}
	return screen.String(), c.ProcessState.ExitCode()
}

// echoes reports whether a terminal shows what is typed.
func echoes(t *testing.T, side *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(side.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}
