package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// answerAfter does something when it is asked, and then says yes.
type answerAfter struct {
	do     func() error
	answer io.Reader
}

func (a *answerAfter) Read(into []byte) (int, error) {
	if a.do != nil {
		if err := a.do(); err != nil {
			return 0, err
		}
		a.do = nil
	}
	return a.answer.Read(into)
}

// Nothing is sent when the state directory is gone, or another one, by the time of the answer.
func TestTheStateIsCheckedAgainAfterTheAnswer(t *testing.T) {
	for name, change := range map[string]func(state string) error{
		"nothing":  func(string) error { return nil },
		"removed":  os.RemoveAll,
		"replaced": func(state string) error { return replaceDir(state) },
		"its file": func(state string) error { return replaceFile(filepath.Join(state, "state.db")) },
	} {
		t.Run(name, func(t *testing.T) {
			box := sandbox.New(sandbox.Options{})
			server, err := box.Start("127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			dir := t.TempDir()
			source, state := filepath.Join(dir, "u.jsonl"), filepath.Join(dir, "state")
			write(t, source, `{"event":"Opened","distinct_id":"user_1","timestamp":"2026-03-01T09:00:00Z","uuid":"01960001-0000-7000-8000-000000000001","properties":{}}`+"\n")
			asked := func(env *Env) {
				env.Stdin, env.StdinTerminal, env.StderrTerminal = &answerAfter{func() error { return change(state) }, strings.NewReader("y\n")}, true, true
			}
			out := runProgramWith(t, asked, map[string]string{"CUSTOMERIO_TRACK_URL": server.URL(), "CUSTOMERIO_SITE_ID": "a", "CUSTOMERIO_API_KEY": "b"},
				"backfill", "--state", state, source)
			sent := len(box.Events())
			if name == "nothing" {
				if out.code != exit.Done || sent != 1 {
					t.Errorf("exit code %d, %d events\n%s", out.code, sent, out.stderr)
				}
				return
			}
			unwrapped := strings.Join(strings.Fields(out.stderr), " ") // where a terminal breaks it depends on the directory's name
			if out.code != exit.State || sent != 0 || len(box.People()) != 0 || !strings.Contains(unwrapped, "it was removed or replaced since") {
				t.Errorf("exit code %d, %d events\n%s", out.code, sent, out.stderr)
			}
		})
	}
}

func replaceDir(state string) error {
	if err := os.Rename(state, state+".old"); err != nil {
		return err
	}
	return os.CopyFS(state, os.DirFS(state+".old"))
}

func replaceFile(path string) error {
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.Rename(path, path+".old")
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	return err
}
