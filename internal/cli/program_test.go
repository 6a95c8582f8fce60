package cli

import (
	"bytes"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// outcome is what a run of the program left.
type outcome struct {
	code           int
	stdout, stderr string
}

// runProgram runs the program in this process with an environment of its own; HOME and the state directory
// are the test's, and the working directory's .env is not read.
func runProgram(t *testing.T, environment map[string]string, args ...string) outcome {
	t.Helper()
	return runProgramWith(t, func(*Env) {}, environment, args...)
}

// runProgramWith is runProgram with more of its surroundings changed.
func runProgramWith(t *testing.T, change func(*Env), environment map[string]string, args ...string) outcome {
	t.Helper()
	home := t.TempDir()
	variables := map[string]string{"HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state")}
	maps.Copy(variables, environment)
	var stdout, stderr bytes.Buffer
	env := Env{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Getenv: func(name string) (string, bool) {
			value, ok := variables[name]
			return value, ok
		},
		Environ: func() (pairs []string) {
			for name, value := range variables {
				pairs = append(pairs, name+"="+value)
			}
			return pairs
		},
		Commit: "0123456",
	}
	env.Documents = func(document any) { checkDocument(t, document) }
	change(&env)
	code := Main(t.Context(), env, args)
	return outcome{code, stdout.String(), stderr.String()}
}
