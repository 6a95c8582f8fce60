package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"ph2cio/internal/testkit/s3server"
	"ph2cio/internal/testkit/synthetic"
)

// A store far away takes farDelay until the first byte of an answer, and farPerByte for each byte on each
// connection. It has farObjects objects of farSize bytes of text.
const (
	farObjects = 20_000
	farSize    = 200_000
	farDelay   = 30 * time.Millisecond
	farPerByte = 11 * time.Nanosecond // 90 MB/s
	farRounds  = 3
)

// farBuckets compares objects in such a store with the same files on disk, and looks at a night with nothing
// new.
func (b *bench) farBuckets() error {
	if b.quick {
		b.table.note("buckets far away: left out by -quick")
		return nil
	}
	objects := int(farObjects * b.scale)
	if need := uint64(objects) * farSize * 13 / 10; freeDisk(b.tmp) < need {
		return fmt.Errorf("needs %.0f GB of disk for a while, and there are %.0f: see -dir and -quick", float64(need)/1e9, float64(freeDisk(b.tmp))/1e9)
	}
	b.table.title(fmt.Sprintf("a bucket far away, %d objects of %d KB of text, %v to the first byte, %d MB/s for each connection, median of %d rounds",
		objects, farSize/1000, farDelay, time.Second/farPerByte/1_000_000, farRounds))
	if err := b.farForm("plain", "%06d.jsonl", objects, plain, b.idle); err != nil {
		return err
	}
	return b.farForm("gzip", "%06d.jsonl.gz", objects, gzipLines, func(*bucketServer) error { return nil })
}

// farForm compares objects of one form, and then calls also with their server.
func (b *bench) farForm(form, name string, objects int, compress func(io.Writer) io.WriteCloser, also func(*bucketServer) error) error {
	files := filepath.Join(b.tmp, "far")
	defer os.RemoveAll(files)
	dir := filepath.Join(files, s3server.Bucket)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	rows := int64(objects) * farSize / rowBytes
	parts := &parts{name: filepath.Join(dir, name), size: farSize, compress: compress}
	_, err := synthetic.Write(&interruptible{b, parts}, synthetic.Options{Rows: rows, People: rows / 20, Seed: 9})
	if err := errors.Join(err, parts.Close()); err != nil {
		return err
	}
	server, err := b.startBucket(files, farDelay, farPerByte)
	if err != nil {
		return err
	}
	defer server.stop()
	all, err := b.inTurns(farRounds, true, b.preview(dir, "--limit", "0"), b.preview("s3://"+s3server.Bucket+"/", "--limit", "0").from(server))
	if err != nil {
		return err
	}
	b.against(form, all[0], all[1], atLeast(1/1.5))
	return also(server)
}

// idle looks at a sync of a bucket in which nothing is new.
func (b *bench) idle(server *bucketServer) error {
	to, err := b.startServer(0)
	if err != nil {
		return err
	}
	defer to.stop()
	first := b.backfill(to, "s3://"+s3server.Bucket+"/", 1000, "--batch-items", "0").from(server)
	defer os.RemoveAll(first.state)
	first.state = "" // kept
	if _, err := b.command(first); err != nil {
		return err
	}
	first.args[0] = "sync"
	var rounds []outcome
	for range farRounds { // not inTurns: the state is that of the first program
		o, err := b.command(first)
		if err != nil {
			return err
		}
		rounds = append(rounds, o)
	}
	b.table.add(result{what: "a sync with nothing new", figure: medianOf(rounds, wall), unit: "s", limit: atMost(3)})
	return nil
}
