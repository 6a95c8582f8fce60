//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/sandbox"
)

// dropPrivileges makes a run of root obey the modes of files like any other user's. It skips the test if that
// needs a tool that is missing.
func (r *run) dropPrivileges() {
	r.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	r.under = []string{"setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search", "--"}
	if err := exec.Command("setpriv", append(r.under[1:len(r.under)-1:len(r.under)-1], "true")...).Run(); err != nil {
		r.t.Skip("root reads everything here: ", err)
	}
}

// TestWhatMayNotBeReadCostsItselfOnly has a directory, the files of another directory, and one file among the
// sources that may not be read. All others are sent, and each of these is reported as trouble, since it may
// hold rows.
func TestWhatMayNotBeReadCostsItselfOnly(t *testing.T) {
	t.Parallel()
	box, url := newBox(t, sandbox.Faults{})
	r := newRun(t, url)
	r.dropPrivileges()
	r.write("export/1.jsonl", oneRow)
	closed := map[string]string{"export/closed": "export/closed/2.jsonl", "export/unsearchable": "export/unsearchable/3.jsonl", "export/4": "export/4"}
	for path, file := range closed {
		r.write(file, strings.ReplaceAll(oneRow, "019cb84c", "01960001"))
		mode := os.FileMode(0)
		if path == "export/unsearchable" {
			mode = 0o600
		}
		whole := filepath.Join(r.dir, path)
		if err := os.Chmod(whole, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(whole, 0o700) })
	}
	for _, args := range [][]string{{"preview", "--fresh"}, {"inspect"}, {"sync", "--first-run", "--state", "state"}, {"sync", "--state", "state"}} {
		out := r.run(append(args, "export")...)
		for _, path := range []string{"export/closed", "export/unsearchable/3.jsonl", "export/4"} {
			if !strings.Contains(out.stdout, path) {
				t.Errorf("%s: nothing is said of %s\n%s", args, path, out)
			}
		}
		if out.code != 6 || !strings.Contains(out.stdout, "permission denied") {
			t.Errorf("%s: exit code %d\n%s", args, out.code, out)
		}
	}
	if sent := box.Stats().EventsStored; sent != 1 {
		t.Errorf("%d events were sent, not that of the file that can be read", sent)
	}
	for path := range closed {
		if err := os.Chmod(filepath.Join(r.dir, path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if out := r.run("sync", "--state", "state", "export"); out.code != 0 {
		t.Errorf("once they can be read: exit code %d\n%s", out.code, out)
	}
	if sent := box.Stats().EventsStored; sent != 2 {
		t.Errorf("%d events were sent once all can be read", sent)
	}
}

// TestMetricsWhereNothingCanBeListed writes metrics into a directory that the user may write to, but not read.
func TestMetricsWhereNothingCanBeListed(t *testing.T) {
	t.Parallel()
	_, url := newBox(t, sandbox.Faults{})
	r := newRun(t, url)
	r.dropPrivileges()
	r.write("a.jsonl", oneRow)
	r.write("metrics/about", "")
	dir := filepath.Join(r.dir, "metrics")
	if err := os.Chmod(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	if out := r.run("sync", "--first-run", "--state", "state", "--metrics-file", "metrics/ph2cio.prom", "a.jsonl"); out.code != 0 || strings.Contains(out.stderr, "metrics") {
		t.Errorf("exit code %d\n%s", out.code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "ph2cio.prom")); err != nil {
		t.Error(err)
	}
}
