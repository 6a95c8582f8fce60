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

// TestInitHidesTypingAfterCtrlZ continues init as a shell does at fg: the shell has made the terminal show what is
// typed, and the system has thrown away what was typed before.
func TestInitHidesTypingAfterCtrlZ(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey}).Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	dir := t.TempDir()
	r := startInit(t, dir, box.URL())
	r.waitFor(t, "Site ID: ")
	state, err := unix.IoctlGetTermios(int(r.side.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	state.Lflag |= unix.ECHO
	if err := unix.IoctlSetTermios(int(r.side.Fd()), unix.TCSETS, state); err != nil {
		t.Fatal(err)
	}
	if err := r.command.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	r.waitFor(t, "Site ID: Site ID: ")
	r.typeText(t, canarySite+"\n")
	r.waitFor(t, "API key: ")
	r.typeText(t, canaryKey+"\n")
	if code := r.wait(t); code != 0 {
		t.Errorf("exit code %d\n%s", code, r.screen)
	}
	if text := r.screen.String(); strings.Contains(text, canarySite) || strings.Contains(text, canaryKey) {
		t.Errorf("the terminal shows credentials:\n%s", text)
	}
}

// typeIntoInit runs init in a directory and types after each prompt. It returns what the terminal showed.
func typeIntoInit(t *testing.T, dir, url string, typed []string) (text string, code int) {
	t.Helper()
	r := startInit(t, dir, url)
	for i, line := range typed {
		r.waitFor(t, []string{"Site ID: ", "API key: "}[i])
		r.typeText(t, line)
	}
	code = r.wait(t)
	return r.screen.String(), code
}

// initRun is an init that runs at a pseudo terminal.
type initRun struct {
	main, side *os.File
	echoed     bool // before it began
	command    *exec.Cmd
	screen     *screen
	ended      chan struct{}
}

// startInit starts init in a directory. The test ends the terminal.
func startInit(t *testing.T, dir, url string) *initRun {
	t.Helper()
	main, side, err := openTerminal()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { main.Close(); side.Close() })
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "init")
	c.Dir = dir
	c.Env = []string{"CUSTOMERIO_TRACK_URL=" + url, "TERM=dumb", "PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GORACE=" + endsSoon}
	c.Stdin, c.Stdout, c.Stderr = side, side, side
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	r := &initRun{main, side, echoes(t, side), c, &screen{}, make(chan struct{})}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go r.screen.readFrom(main)
	go func() { defer close(r.ended); _ = c.Wait() }()
	return r
}

// waitFor waits for a prompt.
func (r *initRun) waitFor(t *testing.T, prompt string) {
	t.Helper()
	if !r.screen.waitFor(prompt, r.ended) {
		_ = r.command.Process.Kill()
		t.Fatalf("no prompt %q\n%s", prompt, r.screen)
	}
}

// typeText types, and checks that the terminal does not show it.
func (r *initRun) typeText(t *testing.T, text string) {
	t.Helper()
	if echoes(t, r.side) {
		t.Error("it asks before it hides what is typed")
	}
	if _, err := r.main.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// wait waits for the end, and checks that the terminal is as it was. It returns the exit code.
func (r *initRun) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(time.Minute):
		_ = r.command.Process.Kill()
		<-r.ended
		t.Errorf("init does not end\n%s", r.screen)
	}
	if echoes(t, r.side) != r.echoed {
		t.Error("the terminal does not show what is typed any more")
	}
	return r.command.ProcessState.ExitCode()
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
