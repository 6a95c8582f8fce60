package posthog

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"ph2cio/internal/source"
)

// readAll reads sources with both cores and touches every field, as a first pass does. It returns the number
// of rows.
func readAll(tb testing.TB, sources []source.Source, options Options) int {
	chunks := make(chan *Chunk, 2)
	var wait sync.WaitGroup
	counts := make([]struct {
		rows, sum int
		_         [64]byte
	}, 2)
	for i := range counts {
		count := &counts[i]
		wait.Go(func() {
			for c := range chunks {
				for e, bad := range c.Events() {
					if bad != nil {
						tb.Error(bad)
						continue
					}
					count.rows++
					count.sum += touch(e)
				}
				count.sum += int(c.Sum() & 1)
				c.Release()
			}
		})
	}
	for c, err := range Read(context.Background(), sources, options) {
		if err != nil {
			tb.Fatal(err)
		}
		chunks <- c
	}
	close(chunks)
	wait.Wait()
	return counts[0].rows + counts[1].rows
}

func touch(e *Event) int {
	n := int(e.UUID[0]) + len(e.Name) + len(e.DistinctID) + len(e.PersonID) + int(e.Timestamp.Micros) + int(e.CreatedAt.Micros) +
		len(e.PersonProperties) + len(e.Set) + len(e.SetOnce) + len(e.Unset) + len(e.UserID) + len(e.DeviceID) + len(e.AnonDistinctID) + len(e.Alias)
	for _, m := range e.Members {
		n += int(m.ValueEnd-m.ValueStart) + int(e.Properties[m.KeyStart])
	}
	return n
}

const benchRows = 120_000 // about 200 MB

var benchData = sync.OnceValue(func() []byte { return makeRows(benchRows) })

// validSeconds is how long encoding/json.Valid takes for each line, on one core.
func validSeconds(data []byte) float64 {
	start := time.Now()
	for line := range bytes.Lines(data) {
		if !json.Valid(line) {
			panic("not valid")
		}
	}
	return time.Since(start).Seconds()
}

// inflateSeconds is how long klauspost/compress takes to decompress a file to nothing, on one core.
func inflateSeconds(tb testing.TB, path string) float64 {
	file, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	start := time.Now()
	z, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, z); err != nil {
		tb.Fatal(err)
	}
	return time.Since(start).Seconds()
}

// benchRead reports the time of a reading as a share of baseline's, both measured in turn: the time that
// passed, and, since that depends on what else runs on the machine, processor time too.
func benchRead(b *testing.B, input source.Source, size int, unit string, baseline func() float64) {
	b.SetBytes(int64(size))
	var base, baseCPU, ours, oursCPU float64
	for b.Loop() {
		b.StopTimer()
		cpu := cpuSeconds()
		base += baseline()
		baseCPU += cpuSeconds() - cpu
		b.StartTimer()
		start := time.Now()
		cpu = cpuSeconds()
		if rows := readAll(b, []source.Source{input}, Options{}); rows != benchRows {
			b.Fatalf("%d rows", rows)
		}
		ours += time.Since(start).Seconds()
		oursCPU += cpuSeconds() - cpu
	}
	b.ReportMetric(ours/base, "time-"+unit)
	b.ReportMetric(oursCPU/baseCPU, "cpu-"+unit)
	b.ReportMetric(baseCPU/float64(b.N), "base-cpu-s")
}

func BenchmarkReadJSONL(b *testing.B) {
	data := benchData()
	input := sourceOf(b, "events.jsonl", data)
	benchRead(b, input, len(data), "of-json.Valid", func() float64 { return validSeconds(data) })
}

func BenchmarkReadCSV(b *testing.B) {
	data := asClickHouseCSV(b, benchData())
	input := sourceOf(b, "events.csv", data)
	benchRead(b, input, len(data), "of-json.Valid", func() float64 { return validSeconds(benchData()) })
}

func BenchmarkReadExplorerCSV(b *testing.B) {
	data := asExplorerCSV(b, benchData())
	input := sourceOf(b, "explorer.csv", data)
	benchRead(b, input, len(data), "of-json.Valid", func() float64 { return validSeconds(benchData()) })
}

func BenchmarkReadGzip(b *testing.B) {
	data := benchData()
	for name, memberPerRow := range map[string]bool{"OneMember": false, "MemberPerRow": true} {
		b.Run(name, func(b *testing.B) {
			input := sourceOf(b, "events.jsonl.gz", zip(b, data, memberPerRow))
			b.Logf("%d bytes in %d", len(data), input.Size)
			benchRead(b, input, len(data), "of-klauspost", func() float64 { return inflateSeconds(b, input.Name) })
		})
	}
}
