package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ph2cio/internal/exit"
)

var demoCommand = regexp.MustCompile(`\./\$\(BINARY\) (backfill .*?) (testdata/\S+) 2>&1`)

// The demo is for somebody who has no account yet; but it also works once .env is filled in, as it advises.
func TestTheDemoTakesNoSettings(t *testing.T) {
	found := demoCommand.FindStringSubmatch(fileText(t, "Makefile"))
	if found == nil {
		t.Fatal("Makefile runs no backfill")
	}
	export, err := filepath.Abs(filepath.Join("..", "..", found[2]))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile(".env", []byte("CUSTOMERIO_REGION=eu\nPH2CIO_WORKSPACE=12345\nPH2CIO_EVENTS=Nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := runProgram(t, nil, append(strings.Fields(found[1]), export)...)
	if out.code != exit.Done || !strings.Contains(out.stdout, "8 operations accepted") {
		t.Errorf("exit code %d\n%s%s", out.code, out.stdout, out.stderr)
	}
}
