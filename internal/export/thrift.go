package export

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
)

// thrift makes the garbage collector work harder than it does by itself, and harder still once much memory is kept. A run
// makes little garbage beside what it keeps, so that costs next to nothing, and the peak stays close to what is kept.
// GOGC in the environment is left alone.
type thrift struct {
	sample []metrics.Sample
	looks  int
	done   bool
}

const (
	usualPercent   = 50
	thriftyFrom    = 8 << 20 // bytes kept
	thriftyPercent = 25
	looksApart     = 32 // chunks
)

func newThrift() *thrift {
	_, set := os.LookupEnv("GOGC")
	if !set {
		debug.SetGCPercent(usualPercent)
	}
	return &thrift{sample: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, done: set}
}

// look is called once for each chunk.
func (t *thrift) look() {
	if t.looks++; t.done || t.looks%looksApart != 0 {
		return
	}
	metrics.Read(t.sample)
	if t.sample[0].Value.Uint64() > thriftyFrom {
		debug.SetGCPercent(thriftyPercent)
		t.done = true
	}
}
