package objectstore

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/s3server"
)

// shapes are those of exports: many small objects, or few large ones.
var shapes = []struct {
	name        string
	files, size int
}{{"2000x200KB", 2000, 200_000}, {"12x32MB", 12, 32 << 20}}

// readPass reads sources in order as a pass does, the next one already open, and returns how much it has
// read.
func readPass(b *testing.B, found []source.Source, buffer []byte) (size int64) {
	done := source.Announce(b.Context(), found)
	defer done()
	open := make([]source.File, 0, 2)
	for i := range found {
		for len(open) < 2 && i+len(open) < len(found) {
			file, err := found[i+len(open)].Open(b.Context(), 0)
			if err != nil {
				b.Fatal(err)
			}
			open = append(open, file)
		}
		for {
			n, err := open[0].Read(buffer)
			if size += int64(n); err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := open[0].Close(); err != nil {
			b.Fatal(err)
		}
		open = append(open[:0], open[1:]...)
	}
	return size
}

func measure(b *testing.B, found []source.Source, want int64) {
	buffer := make([]byte, 1<<20)
	b.SetBytes(want)
	for b.Loop() {
		if size := readPass(b, found, buffer); size != want {
			b.Fatal("read", size, "of", want)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
}

// BenchmarkSmallObject is what one request costs, without the server's part: that answers from memory.
func BenchmarkSmallObject(b *testing.B) {
	f := &fake{}
	f.Put("x", noise(1, 200_000))
	one := listAll(b, f.start(b, Options{}), "s3://bucket/")[0]
	b.ReportAllocs()
	for b.Loop() {
		readOne(b, one)
	}
}

// BenchmarkLoopback compares a real S3 server on this machine with the same files on disk.
func BenchmarkLoopback(b *testing.B) {
	server := s3server.Start(b)
	for i, shape := range shapes {
		dir := b.TempDir()
		for n := range shape.files {
			data := noise(uint64(n), shape.size)
			server.Put(b, fmt.Sprintf("%d/%06d", i, n), data)
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d", n)), data, 0o600); err != nil {
				b.Fatal(err)
			}
		}
		want := int64(shape.files * shape.size)
		b.Run(shape.name+"/disk", func(b *testing.B) {
			found, err := source.Find(b.Context(), []string{dir}, nil)
			if err != nil {
				b.Fatal(err)
			}
			measure(b, found, want)
		})
		b.Run(shape.name+"/s3", func(b *testing.B) {
			s := openStores(b, Options{Endpoint: server.URL}, server.Environment())
			measure(b, listAll(b, s, fmt.Sprintf("s3://%s/%d/", s3server.Bucket, i)), want)
		})
	}
}

// BenchmarkFarAway reads from a store with 30 ms to the first byte and 90 MB/s on each connection.
func BenchmarkFarAway(b *testing.B) {
	for _, shape := range shapes {
		f := &fake{}
		f.fill(shape.files, shape.size)
		f.Fail(func(*http.Request, int) *fakestore.Fault {
			return &fakestore.Fault{Delay: 30 * time.Millisecond, PerByte: time.Second / 90_000_000}
		})
		b.Run(shape.name, func(b *testing.B) {
			s := f.start(b, Options{})
			found := listAll(b, s, "s3://bucket/")
			measure(b, found, int64(shape.files*shape.size))
			b.ReportMetric(float64(f.TakeCounts().Open), "open")
		})
	}
}
