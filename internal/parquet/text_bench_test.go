package parquet

import (
	"bytes"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/brotli"
	"github.com/parquet-go/parquet-go/compress/gzip"
	"github.com/parquet-go/parquet-go/compress/lz4"
	"github.com/parquet-go/parquet-go/compress/snappy"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"ph2cio/internal/testkit/synthetic"
)

// BenchmarkText reads the rows of PostHog's batch exports. Its bytes are those of the text of the rows.
func BenchmarkText(b *testing.B) {
	for _, codec := range []struct {
		name string
		compress.Codec
	}{
		{"none", nil},
		{"zstd", &zstd.Codec{Level: zstd.SpeedFastest}},
		{"snappy", &snappy.Codec{}},
		{"lz4_raw", &lz4.Codec{}},
		{"gzip", &gzip.Codec{Level: 6}},
		{"brotli", &brotli.Codec{Quality: 5}},
	} {
		for _, layout := range []struct {
			name string
			page int
		}{{"pages of 1 MB", 1 << 20}, {"pages of 100 MB", 100_000_000}} {
			b.Run(codec.name+", "+layout.name, func(b *testing.B) {
				var file bytes.Buffer
				o := synthetic.Options{Rows: 30_000, Seed: 8}
				if _, err := synthetic.WriteParquet(&file, o, synthetic.ParquetLayout{Page: layout.page, Codec: codec.Codec}); err != nil {
					b.Fatal(err)
				}
				benchmarkText(b, file.Bytes())
			})
		}
	}
}

func benchmarkText(b *testing.B, file []byte) {
	buffer := make([]byte, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		f := open(b, file)
		columns := make([]int, len(f.Columns()))
		for i := range columns {
			columns[i] = i
		}
		text := f.Text(columns, 1<<20)
		read := int64(0)
		for {
			n, err := text.Read(buffer)
			read += int64(n)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		text.Close()
		b.SetBytes(read)
	}
}
