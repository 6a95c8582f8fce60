package main

import (
	"os"
	"runtime/debug"
)

// The memory of a run has few pointers, and little garbage is made beside it. So collecting garbage more
// often than Go does costs little and keeps the peak of memory low. Measured against a collection after every
// 3 MB of garbage, a backfill of 1,000,000 rows of as many people takes 21% less CPU time and 12% more
// memory, and one of 10,000 people 7% less and 7% more. With 25 in place of 18 percent it takes 28% less CPU
// time and 19% more memory.
const (
	gcPercent   = 18
	ballastSize = 16 << 20 // bytes
)

// ballast counts as memory in use but takes none, because nothing touches it. Without it the collector would
// run all the time in a run that needs little memory.
var ballast []byte

// collectGarbage makes the collector run whenever there is 18% as much garbage as memory in use, and at least
// 3 MB. If the environment has GOGC, it does nothing.
func collectGarbage() {
	if _, set := os.LookupEnv("GOGC"); set {
		return
	}
	ballast = make([]byte, ballastSize)
	debug.SetGCPercent(gcPercent)
}
