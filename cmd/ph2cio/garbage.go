package main

import (
	"os"
	"runtime/debug"
)

// A run keeps memory with few pointers and makes little garbage beside it, so collecting more often than Go does costs
// little and keeps the peak close to what is kept. Measured against a collection after every 3 MB of garbage: a backfill
// of 1,000,000 rows of as many people takes 21% less CPU time and 12% more memory, one of 10,000 people 7% less and 7% more.
// At 25% it takes 28% less CPU time and 19% more memory.
const (
	gcPercent   = 18
	ballastSize = 16 << 20 // bytes
)

// ballast is memory that nobody touches, so it takes no room. It counts as kept: without it the collector would run all
// the time in a run that keeps next to nothing.
var ballast []byte

// collectGarbage makes the collector run when garbage is 18% of what is kept, at least 3 MB. GOGC in the environment is
// left alone.
func collectGarbage() {
	if _, set := os.LookupEnv("GOGC"); set {
		return
	}
	ballast = make([]byte, ballastSize)
	debug.SetGCPercent(gcPercent)
}
