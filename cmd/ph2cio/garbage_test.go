package main

import (
	"runtime/debug"
	"testing"
)

func TestGOGCIsLeftAlone(t *testing.T) {
	before := debug.SetGCPercent(70)
	t.Cleanup(func() { debug.SetGCPercent(before); ballast = nil })
	t.Setenv("GOGC", "70")
	collectGarbage()
	if got := debug.SetGCPercent(70); got != 70 || ballast != nil {
		t.Errorf("with GOGC in the environment, collectGarbage sets %d percent and a ballast of %d bytes", got, len(ballast))
	}
}
