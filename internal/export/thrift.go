package export

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
)

// thrift makes the garbage collector work harder than it does by itself: it may let so many bytes of garbage come together,
// and not a share of what is kept. A run makes little garbage beside what it keeps, and what it keeps has few pointers, so
// that costs next to nothing, and the peak stays close to what is kept. GOGC in the environment is left alone.
type thrift struct {
	sample []metrics.Sample
	looks  int
	off    bool
	now    int // GOGC
}

const (
	garbage      = 3 << 20 // bytes
	mostPercent  = 50      // of what is kept, while that is little
	leastPercent = 10      // when it is much
	looksApart   = 32      // chunks
)

func newThrift() *thrift {
	t := &thrift{sample: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	if _, t.off = os.LookupEnv("GOGC"); !t.off {
		t.set(mostPercent)
	}
	return t
}

// look is called once for each chunk.
func (t *thrift) look() {
	if t.looks++; t.off || t.looks%looksApart != 0 {
		return
	}
	metrics.Read(t.sample)
	live := max(t.sample[0].Value.Uint64(), 1)
	t.set(int(min(mostPercent, max(leastPercent, garbage*100/live))))
}

func (t *thrift) set(percent int) {
	if t.now != percent {
		t.now = percent
		debug.SetGCPercent(percent)
	}
}
