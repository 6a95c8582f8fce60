package posthog

import (
	"testing"
	"time"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
)

// BenchmarkReadPacked compares reading a file in one part with reading it as it is, both measured in turn.
func BenchmarkReadPacked(b *testing.B) {
	data := benchData()
	plain := sourceOf(b, "events.jsonl", data)
	for _, p := range packing.All {
		b.Run(p.Name, func(b *testing.B) {
			packed := sourceOf(b, "events", p.Pack(b, data, len(data)))
			b.Logf("%d bytes in %d", len(data), packed.Size)
			b.SetBytes(int64(len(data)))
			var plainSeconds, seconds float64
			for b.Loop() {
				b.StopTimer()
				start := time.Now()
				readAll(b, []source.Source{plain}, Options{})
				plainSeconds += time.Since(start).Seconds()
				b.StartTimer()
				start = time.Now()
				readAll(b, []source.Source{packed}, Options{})
				seconds += time.Since(start).Seconds()
			}
			b.ReportMetric(plainSeconds/seconds, "speed-of-plain")
		})
	}
}
