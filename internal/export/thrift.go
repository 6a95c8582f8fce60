package export

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
)

// thrift makes the garbage collector work harder once much memory is kept. A run makes little garbage beside what it
// keeps, so that costs next to nothing then, and the peak stays close to what is kept; while little is kept it would only
// cost time. GOGC in the environment is left alone.
type thrift struct {
	sample []metrics.Sample
	looks  int
	done   bool
}

const (
	thriftyFrom    = 48 << 20 // bytes kept
	thriftyPercent = 25
	looksApart     = 32 // chunks
)

func newThrift() *thrift {
	_, set := os.LookupEnv("GOGC")
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
