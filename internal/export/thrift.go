package export

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// thrift lets so many bytes of garbage come together before the collector runs, and not a share of what is kept. A run makes
// little garbage beside what it keeps, and what it keeps has few pointers, so that costs next to nothing, and the peak
// stays close to what is kept. GOGC in the environment is left alone.
type thrift struct {
	sample []metrics.Sample
	looks  int
	off    bool
	now    int // GOGC
}

const (
	garbage      = 3 << 20 // bytes
	leastPercent = 5       // of what is kept, when that is much
	looksApart   = 32      // chunks
)

// ballast is memory that nobody touches, so that it is only a number: with it the collector does not run all the time
// while next to nothing is kept.
var ballast = sync.OnceValue(func() []byte { return make([]byte, 8<<20) })

func newThrift() *thrift {
	t := &thrift{sample: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	if _, t.off = os.LookupEnv("GOGC"); !t.off {
		t.set(percentOf(uint64(len(ballast()))))
	}
	return t
}

// look is called once for each chunk.
func (t *thrift) look() {
	if t.looks++; t.off || t.looks%looksApart != 0 {
		return
	}
	metrics.Read(t.sample)
	t.set(percentOf(t.sample[0].Value.Uint64()))
}

// percentOf is GOGC when so many bytes are kept, the ballast included.
func percentOf(kept uint64) int {
	return int(max(leastPercent, garbage*100/max(kept, uint64(len(ballast())))))
}

func (t *thrift) set(percent int) {
	if t.now != percent {
		t.now = percent
		debug.SetGCPercent(percent)
	}
}
