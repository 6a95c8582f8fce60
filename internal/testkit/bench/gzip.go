package main

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"

	"ph2cio/internal/testkit/synthetic"
)

// gzip compares previewing compressed files with decompressing them: as one member, as people compress, and
// as one member a row, as PostHog's batch exports do.
func (b *bench) gzip() error {
	rows := int64(b.megabytes) * 1_000_000 / rowBytes
	for _, form := range []struct {
		name     string
		compress func(io.Writer) io.WriteCloser
	}{
		{"gzip, one member", gzipLines},
		{"gzip, one member a row", newMembers},
	} {
		file, _, err := b.write("rows.jsonl.gz", synthetic.Options{Rows: rows, People: rows / 20, Seed: 2, Invalid: 1}, form.compress)
		if err != nil {
			return err
		}
		err = b.race(form.name, []contender{
			{"decompressing alone", b.child("gunzip", file), limit{}},
			{"preview", b.preview(file, "--limit", "0"), atMost(2.2)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// gzipLines makes one member of all rows.
func gzipLines(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

// members makes each Write a gzip member of its own.
type members struct {
	out    io.Writer
	packed bytes.Buffer
	gzip   *gzip.Writer
}

func newMembers(out io.Writer) io.WriteCloser { return &members{out: out, gzip: gzip.NewWriter(nil)} }

func (m *members) Write(p []byte) (int, error) {
	m.packed.Reset()
	m.gzip.Reset(&m.packed)
	m.gzip.Write(p) // into memory: it cannot fail
	m.gzip.Close()
	_, err := m.out.Write(m.packed.Bytes())
	return len(p), err
}

func (m *members) Close() error { return nil }
