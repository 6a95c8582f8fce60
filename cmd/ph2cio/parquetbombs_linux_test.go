package main

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/testkit/parquets"
	"ph2cio/internal/testkit/race"
)

// TestParquetBombs previews small files that would take much memory or time if they were believed. Those that take
// long all the same are only read in a soak.
func TestParquetBombs(t *testing.T) {
	const most = 300_000_000
	if race.Enabled() {
		t.Skip("the race detector takes memory of its own")
	}
	for _, bomb := range parquets.Bombs() {
		if bomb.Slow && testSettings["PH2CIO_SOAK"] == "" {
			continue
		}
		t.Run(bomb.Name, func(t *testing.T) {
			r := newRun(t, "")
			file := bomb.Make(t)
			r.write("bomb.parquet", string(file))
			c, stdout, stderr := r.command("preview", "--limit", "0", "bomb.parquet")
			began := time.Now()
			peak, err := peakOf(c)
			code := exitCodeOf(err)
			t.Logf("%d bytes of file: exit code %d, %d MB, %s", len(file), code, peak>>20, time.Since(began).Round(time.Millisecond))
			if peak > most || peak == 0 {
				t.Errorf("%d bytes of memory", peak)
			}
			if want := map[int]int{3: 0, 2: 3, 0: 6}[bomb.Rows]; code != want {
				t.Errorf("exit code %d, want %d\n%s%s", code, want, stdout, stderr)
			}
			if bomb.Rows == 0 && !strings.Contains(stdout.String(), "Trouble    bomb.parquet: ") {
				t.Errorf("it is not said what is wrong\n%s%s", stdout, stderr)
			}
		})
	}
}

// peakOf runs a program to its end, and returns how many bytes of memory it has had at most.
func peakOf(c *exec.Cmd) (peak int64, err error) {
	if err := c.Start(); err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	for {
		if now := peakMemory(c.Process.Pid); now > peak {
			peak = now
		}
		select {
		case err := <-done:
			return peak, err
		case <-time.After(2 * time.Millisecond):
		}
	}
}
