package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

func TestOnlyAPlainYesIsOne(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n": true, "Y\n": true, "yes\n": true, "YES\r\n": true, "  y  \n": true, "Yes\n": true,
		"": false, "\n": false, "n\n": false, "yse\n": false, "yo\n": false, "yy\n": false, "y n\n": false, "yes.\n": false, "ye\n": false, "no\n": false, "1\n": false,
	} {
		if got := isYes(answer); got != want {
			t.Errorf("%q: %v", answer, got)
		}
	}
}

// TestARunThatWasNotConfirmedSendsNothing has something to send after all, though a run had nothing left to ask about.
func TestARunThatWasNotConfirmedSendsNothing(t *testing.T) {
	body := []byte(`{"type":"person","action":"event","identifiers":{"id":"x"},"name":"x"}`)
	batch := customerio.NewBatch(customerio.Operation{Ref: 1, Body: body}, customerio.Operation{Ref: 2, Body: body})
	receipt, err := unconfirmed{}.Send(t.Context(), batch)
	if exitCode(err) != exit.Usage || len(receipt.Unsent) != batch.Len() || len(receipt.Rejections) > 0 {
		t.Errorf("%+v, %v", receipt, err)
	}
}

// TestARunThatIsDeclinedIsNoSuccess has somebody say no: no monitor takes that for a run that went well.
func TestARunThatIsDeclinedIsNoSuccess(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	m, base := startMonitor(t, nil)
	metrics := filepath.Join(t.TempDir(), "x.prom")
	no := func(e *Env) {
		e.Stdin, e.StdinTerminal, e.StderrTerminal = strings.NewReader("n\n"), true, true
	}
	out := runProgramWith(t, no, account, "backfill", "--ping-url", base+"/"+pingSecret, "--metrics-file", metrics, acornly)
	if want := []string{"GET /" + pingSecret + "/start", "POST /" + pingSecret + "/fail"}; out.code != exit.Done || !slices.Equal(m.pings, want) {
		t.Errorf("exit code %d, pings %q, want %q\n%s", out.code, m.pings, want, out.stderr)
	}
	if _, err := os.Stat(metrics); err == nil {
		t.Error("there are metrics of it")
	}
}

// TestWhoCannotBeAskedHearsOfMissingCredentials has neither a terminal nor credentials.
func TestWhoCannotBeAskedHearsOfMissingCredentials(t *testing.T) {
	out := runProgram(t, map[string]string{"CUSTOMERIO_API_KEY_FILE": "key"}, "backfill", acornly)
	if !strings.Contains(out.stderr, "cannot ask for confirmation") || !strings.Contains(out.stderr, "\nCUSTOMERIO_SITE_ID is not set\n") ||
		strings.Contains(out.stderr, "CUSTOMERIO_API_KEY is not set") || !strings.Contains(out.stderr, "hint: check what would be sent with `ph2cio preview`, set CUSTOMERIO_SITE_ID") {
		t.Errorf("%s", out.stderr)
	}
	out = runProgram(t, map[string]string{"CUSTOMERIO_SITE_ID": "a", "CUSTOMERIO_API_KEY": "b"}, "backfill", acornly)
	if out.code != exit.Usage || strings.Contains(out.stderr, "CUSTOMERIO_") {
		t.Errorf("exit code %d\n%s", out.code, out.stderr)
	}
}
