package cli

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// typing returns an Env.Secret to which somebody types these lines, one after the other, and then Ctrl-D.
func typing(lines ...string) func(context.Context, func()) (string, error) {
	return func(_ context.Context, ask func()) (string, error) {
		ask()
		if len(lines) == 0 {
			return "", io.EOF
		}
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
}

// runInitWith runs init at a terminal, where somebody answers questions and types credentials, with a log file.
// It checks that no credentials are said, or kept but in the file env.
func runInitWith(t *testing.T, environment map[string]string, env, answers string, secret func(context.Context, func()) (string, error), more ...string) outcome {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	out := runProgramWith(t, func(e *Env) {
		e.Stdin, e.StdinTerminal, e.StderrTerminal, e.Secret = strings.NewReader(answers), true, true, secret
	}, environment, append([]string{"init", "--env-file", env, "--log-file", log, "-v"}, more...)...)
	said, _ := os.ReadFile(log)
	search(t, "stdout", out.stdout)
	search(t, "stderr", out.stderr)
	search(t, "the log file", string(said))
	if left, _ := filepath.Glob(env + ".*"); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
	return out
}

// initAccount returns an environment with the address of a sandbox, and without credentials.
func initAccount(t *testing.T) map[string]string {
	t.Helper()
	_, account := startSandbox(t, sandbox.Faults{})
	return map[string]string{"CUSTOMERIO_TRACK_URL": account["CUSTOMERIO_TRACK_URL"]}
}

// TestInitSavesCredentials asks twice, because the first ones are wrong, and keeps the other lines of a file.
func TestInitSavesCredentials(t *testing.T) {
	account := initAccount(t)
	for before, want := range map[string]string{
		"\x00": newSettings + "CUSTOMERIO_SITE_ID=" + canarySite + "\nCUSTOMERIO_API_KEY=" + canaryKey + "\n",
		"# mine\nCUSTOMERIO_SITE_ID=old\n#CUSTOMERIO_API_KEY=x\nPH2CIO_RATE=5": "# mine\nCUSTOMERIO_SITE_ID=" + canarySite +
			"\n#CUSTOMERIO_API_KEY=x\nPH2CIO_RATE=5\nCUSTOMERIO_API_KEY=" + canaryKey + "\n",
	} {
		env := filepath.Join(t.TempDir(), ".env")
		if before != "\x00" {
			write(t, env, before)
			if err := os.Chmod(env, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		out := runInitWith(t, account, env, "y\n", typing(canarySite, "wrong", " "+canarySite+" ", canaryKey))
		got, err := os.ReadFile(env)
		if string(got) != want || err != nil || out.code != exit.Done {
			t.Errorf("%q becomes %q (%v), want %q, and exit code %d\n%s", before, got, err, want, out.code, out.stderr)
		}
		if info, err := os.Stat(env); err == nil && readableByOthers(info.Mode()) {
			t.Errorf("others can read the file: %s", info.Mode())
		}
		for _, want := range []string{"the site ID or the API key is wrong", "Settings > API credentials", "sends everything to http://127.0.0.1"} {
			if !strings.Contains(strings.Join(strings.Fields(out.stderr), " "), want) {
				t.Errorf("%q is not said:\n%s", want, out.stderr)
			}
		}
		if !strings.Contains(out.stdout, "Workspace    1 (us)\n") || !strings.Contains(out.stdout, "ph2cio preview --env-file ") {
			t.Errorf("%s", out.stdout)
		}
	}
}

// TestInitWritesNothing ends in each way in which there is nothing to write, or not in this place.
func TestInitWritesNothing(t *testing.T) {
	account := initAccount(t)
	old := "CUSTOMERIO_SITE_ID=old\n"
	for name, c := range map[string]struct {
		before, answers string
		secret          func(context.Context, func()) (string, error)
		code            int
		says            string
		more            []string
	}{
		"no":              {before: old, answers: "n\n", secret: typing(canarySite, canaryKey), code: exit.Done, says: "Nothing was written."},
		"end":             {answers: "", secret: typing(canarySite), code: exit.Done, says: "Nothing was written."},
		"wrong":           {secret: typing("a", "b", "c", "d", "e", "f", canarySite, canaryKey), code: exit.Credentials, says: "the answer is 401"},
		"empty":           {secret: typing("", "b", "c", "", "", ""), code: exit.Credentials, says: "the site ID is empty"},
		"blanks":          {secret: typing(canarySite+" "+canaryKey, "x", "c", "it's", "c", "ü"), code: exit.Credentials, says: "the site ID has characters"},
		"a file":          {before: "CUSTOMERIO_API_KEY_FILE=key\n", secret: typing(canarySite, canaryKey), code: exit.Usage, says: "already names a file"},
		"other workspace": {secret: typing(canarySite, canaryKey), code: exit.Usage, says: "belong to workspace 1, not to 2", more: []string{"--workspace", "2"}},
		"other region":    {secret: typing(canarySite, canaryKey), code: exit.Usage, says: "is in region us, not eu", more: []string{"--region", "eu"}},
		"no region":       {secret: typing(canarySite, canaryKey), code: exit.Usage, says: `region "xx" is neither us nor eu`, more: []string{"--region", "xx"}},
		"no directory":    {secret: typing(), code: exit.Usage, says: "cannot be written: no such file or directory", more: []string{"--env-file", "nowhere/.env"}},
		"no terminal":     {code: exit.Usage, says: "cannot ask for credentials because standard input is not a terminal; nothing was written"},
	} {
		env := filepath.Join(t.TempDir(), ".env")
		if c.before != "" {
			write(t, env, c.before)
		}
		out := runInitWith(t, account, env, c.answers, c.secret, c.more...)
		got, _ := os.ReadFile(env)
		if string(got) != c.before || out.code != c.code || !strings.Contains(strings.Join(strings.Fields(out.stderr), " "), c.says) {
			t.Errorf("%s: the file has %q, exit code %d\n%s", name, got, out.code, out.stderr)
		}
	}
}

// TestInitReplacesNothingElse finds a link, and a file that somebody has changed or made while it asked.
func TestInitReplacesNothingElse(t *testing.T) {
	account := initAccount(t)
	dir := t.TempDir()
	env, target := filepath.Join(dir, ".env"), filepath.Join(dir, "target")
	write(t, target, "PH2CIO_RATE=5\n")
	if err := os.Symlink(target, env); err != nil {
		t.Skip(err)
	}
	if out := runInitWith(t, account, env, "", typing(canarySite, canaryKey)); out.code != exit.Usage || !strings.Contains(out.stderr, "symbolic link") {
		t.Errorf("exit code %d\n%s", out.code, out.stderr)
	}
	if got, _ := os.ReadFile(target); string(got) != "PH2CIO_RATE=5\n" {
		t.Errorf("the target of the link is now %q", got)
	}
	for _, before := range []string{"", "# old\n"} {
		env := filepath.Join(t.TempDir(), ".env")
		if before != "" {
			write(t, env, before)
		}
		meanwhile := typing(canarySite, canaryKey)
		out := runInitWith(t, account, env, "", func(ctx context.Context, ask func()) (string, error) {
			write(t, env, "# another one\n")
			return meanwhile(ctx, ask)
		})
		if got, _ := os.ReadFile(env); string(got) != "# another one\n" || out.code != exit.State {
			t.Errorf("the file is now %q, exit code %d\n%s", got, out.code, out.stderr)
		}
	}
}

// TestInitWarnsOfGit is in a repository that ignores the file, and in one that does not.
func TestInitWarnsOfGit(t *testing.T) {
	account := initAccount(t)
	for _, ignored := range []bool{false, true} {
		dir := t.TempDir()
		if err := exec.Command("git", "init", "--quiet", dir).Run(); err != nil {
			t.Skip(err)
		}
		if ignored {
			write(t, filepath.Join(dir, ".gitignore"), ".env\n")
		}
		out := runInitWith(t, account, filepath.Join(dir, ".env"), "", typing(canarySite, canaryKey))
		if warned := strings.Contains(out.stderr, ">> .gitignore"); warned == ignored || out.code != exit.Done {
			t.Errorf("ignored %v, warned %v, exit code %d\n%s", ignored, warned, out.code, out.stderr)
		}
	}
}

// TestInitInJSON says in one document where the credentials are.
func TestInitInJSON(t *testing.T) {
	env := filepath.Join(t.TempDir(), ".env")
	out := runInitWith(t, initAccount(t), env, "", typing(canarySite, canaryKey), "--json")
	if !strings.Contains(out.stdout, `"environment_id": 1,`) || !strings.Contains(out.stdout, `"file": "`) {
		t.Errorf("%s", out.stdout)
	}
}
