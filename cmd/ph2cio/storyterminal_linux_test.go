package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// terminal TYPED CODE COMMAND...: runs a program on a pseudo terminal of 80 columns, types TYPED once the
// program asks, and checks its exit code. TYPED has Go's escapes; if it is empty the program must not ask.
// The text on the screen, without carriage returns, is then in `stderr` and in the file screen.txt.
func terminal(ts *testscript.TestScript, _ bool, args []string) {
	typed, err := strconv.Unquote(`"` + args[0] + `"`)
	ts.Check(err)
	main, side, err := openTerminal()
	ts.Check(err)
	defer main.Close()
	program, err := exec.LookPath(args[2])
	ts.Check(err)
	command := exec.Command(program, args[3:]...)
	command.Dir = ts.MkAbs(".")
	for _, name := range []string{"CUSTOMERIO_TRACK_URL", "CUSTOMERIO_SITE_ID", "CUSTOMERIO_API_KEY", "XDG_STATE_HOME", "HOME", "PATH", "EXPORTS", "CASES"} {
		command.Env = append(command.Env, name+"="+ts.Getenv(name))
	}
	command.Env = append(command.Env, "TERM=dumb", "NO_COLOR=1", "GORACE="+endsSoon)
	command.Stdin, command.Stdout, command.Stderr = side, side, side
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	ts.Check(command.Start())
	ts.Check(side.Close())
	screen := &screen{}
	read := make(chan struct{})
	go func() { defer close(read); screen.readFrom(main) }()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = command.Wait() }()
	asked := screen.waitFor("? [y/N] ", ended)
	if asked && typed == "" {
		_ = command.Process.Kill()
	} else if asked {
		_, err = main.WriteString(typed)
		ts.Check(err)
	}
	select {
	case <-ended:
	case <-time.After(2 * time.Minute):
		_ = command.Process.Kill()
		<-ended
	}
	<-read
	text := screen.String()
	fmt.Fprint(ts.Stderr(), text)
	ts.Check(os.WriteFile(ts.MkAbs("screen.txt"), []byte(text), 0o600))
	switch code := strconv.Itoa(command.ProcessState.ExitCode()); {
	case asked != (typed != ""):
		ts.Fatalf("asked: %v\n%s", asked, text)
	case code != args[1]:
		ts.Fatalf("exit code %s, want %s\n%s", code, args[1], text)
	}
}

// openTerminal opens a pseudo terminal. Write to main what is typed, and read from main what the program
// writes.
func openTerminal() (main, side *os.File, err error) {
	if main, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	raw := int(main.Fd())
	if err = unix.IoctlSetPointerInt(raw, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	number, err := unix.IoctlGetInt(raw, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	if err = unix.IoctlSetWinsize(raw, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		return nil, nil, err
	}
	side, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	return main, side, err
}

// screen collects what a program writes to its terminal.
type screen struct {
	lock sync.Mutex
	text strings.Builder
}

func (s *screen) String() string {
	s.lock.Lock()
	defer s.lock.Unlock()
	return strings.ReplaceAll(s.text.String(), "\r\n", "\n")
}

// readFrom reads until the program closes its end, which is an error on Linux.
func (s *screen) readFrom(main *os.File) {
	b := make([]byte, 4096)
	for {
		n, err := main.Read(b)
		s.lock.Lock()
		s.text.Write(b[:n])
		s.lock.Unlock()
		if err != nil {
			return
		}
	}
}

// waitFor waits until the screen has a text. It returns false if the program ends without it.
func (s *screen) waitFor(text string, ended <-chan struct{}) bool {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		select {
		case <-ended:
			return strings.Contains(s.String(), text)
		case <-time.After(10 * time.Millisecond):
			if strings.Contains(s.String(), text) {
				return true
			}
		}
	}
	return false
}
