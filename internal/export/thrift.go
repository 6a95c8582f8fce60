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
	stage  int // of stages, that comes next
}

// usualPercent is GOGC while little is kept.
const usualPercent = 50

// stages are what GOGC becomes when more than so many bytes are kept. What is kept of people has few pointers, so that
// going through it often costs little.
var stages = []struct {
	kept    uint64
	percent int
}{
	{8 << 20, 25},
	{256 << 20, 10},
}

const looksApart = 32 // chunks

func newThrift() *thrift {
	t := &thrift{sample: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	if _, set := os.LookupEnv("GOGC"); set {
		t.stage = len(stages)
		return t
	}
	debug.SetGCPercent(usualPercent)
	return t
}

// look is called once for each chunk.
func (t *thrift) look() {
	if t.looks++; t.stage == len(stages) || t.looks%looksApart != 0 {
		return
	}
	metrics.Read(t.sample)
	for t.stage < len(stages) && t.sample[0].Value.Uint64() > stages[t.stage].kept {
		debug.SetGCPercent(stages[t.stage].percent)
		t.stage++
	}
}
