package posthog

import (
	"bytes"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go/compress/zstd"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/synthetic"
)

// BenchmarkReadParquet compares reading Parquet with reading the same rows as JSON lines, which are not
// compressed.
func BenchmarkReadParquet(b *testing.B) {
	o := synthetic.Options{Rows: benchRows, Seed: 9}
	var lines bytes.Buffer
	if _, err := synthetic.Write(&lines, o); err != nil {
		b.Fatal(err)
	}
	plain := sourceOf(b, "events.jsonl", lines.Bytes())
	for name, layout := range map[string]synthetic.ParquetLayout{
		"SmallPages": {},
		"LargePages": {Group: 200_000_000, Page: 100_000_000},
	} {
		b.Run(name, func(b *testing.B) {
			layout.Codec = &zstd.Codec{Level: zstd.SpeedFastest}
			var file bytes.Buffer
			if _, err := synthetic.WriteParquet(&file, o, layout); err != nil {
				b.Fatal(err)
			}
			packed := sourceOf(b, "events.parquet", file.Bytes())
			benchRead(b, packed, lines.Len(), "of-JSON-lines", func() float64 {
				start := time.Now()
				readAll(b, []source.Source{plain}, Options{})
				return time.Since(start).Seconds()
			})
		})
	}
}
