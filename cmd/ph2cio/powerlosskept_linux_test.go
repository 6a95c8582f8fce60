package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ph2cio/internal/sandbox"
)

// TestKeptFilesSurviveAPowerLoss lets a run of standard input fail when it has sent a part. Whatever a power
// loss after that may destroy, the copy of standard input and the file of metrics stay as they were.
func TestKeptFilesSurviveAPowerLoss(t *testing.T) {
	t.Parallel()
	needs(t, exec.Command(strace(os.DevNull)[0], strace(os.DevNull)[1:]...))
	p := newPowerLoss(t)
	p.answer(sandbox.Faults{Answers: []sandbox.Answer{{After: 10, Status: 401}}})
	p.grow("export/a.jsonl", syntheticRows(t, 700, 11))
	p.stdin = "export/a.jsonl"
	metrics := filepath.Join(p.disk, "metrics.prom")
	p.typed = []string{"backfill", "--yes", "--metrics-file", metrics, "-"}
	base, err := loadTree(p.disk)
	if err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	c, out := p.exec(strace(trace)...)
	if err := c.Run(); exitCodeOf(err) == 0 {
		t.Fatalf("the run has sent everything\n%s", out)
	}
	copies, err := filepath.Glob(filepath.Join(p.disk, "tmp", "ph2cio-stdin-*"))
	if err != nil || len(copies) != 1 {
		t.Fatalf("the copies of standard input are %q, %v\n%s", copies, err, out)
	}
	d := newDisk(p.disk, base)
	for i, call := range readTrace(t, trace) {
		if _, err := d.apply(i, &call); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range append(copies, metrics) {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(p.disk, path)
		if err != nil {
			t.Fatal(err)
		}
		for _, lost := range d.losses() {
			if got, there := d.tree(&lost)[name]; !there || !bytes.Equal(got, want) {
				t.Errorf("%s: there %t, with %d of %d bytes after this loss: %s", name, there, len(got), len(want), &lost)
			}
		}
	}
}
