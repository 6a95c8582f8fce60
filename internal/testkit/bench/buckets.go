package main

import (
	"fmt"
	"os"
	"path/filepath"

	"ph2cio/internal/testkit/s3server"
	"ph2cio/internal/testkit/synthetic"
)

// buckets compares exports in a bucket with the same files on disk.
func (b *bench) buckets() error {
	if err := b.nearBuckets(); err != nil {
		return err
	}
	return b.farBuckets()
}

// nearForms are the forms of the exports that nearBuckets compares, and their files.
var nearForms = []struct{ name, file string }{{"plain", "rows.jsonl"}, {"gzip", "rows.jsonl.gz"}, {"Parquet", "rows.parquet"}}

// nearBuckets looks at a server on this machine, which needs the same cores as the program. So there is also
// a comparison in which each of them has one core.
func (b *bench) nearBuckets() error {
	files := filepath.Join(b.tmp, "near")
	defer os.RemoveAll(files)
	if err := b.writeNear(files); err != nil {
		return err
	}
	servers, err := b.startNear(files)
	if err != nil {
		return err
	}
	defer servers.stop()
	b.table.title(fmt.Sprintf("a bucket on this machine, served by %s: preview against that of files, median of %d rounds", servers.what, b.rounds))
	for _, form := range nearForms {
		disk := b.preview(filepath.Join(files, s3server.Bucket, form.file), "--limit", "0")
		bucket := b.preview("s3://"+s3server.Bucket+"/"+form.file, "--limit", "0")
		commands := []command{disk, bucket.from(servers.all)}
		if servers.pinned != nil {
			disk.core, bucket.core = "1", "1"
			commands = append(commands, disk, bucket.from(servers.pinned))
		}
		all, err := b.inTurns(b.rounds, true, commands...)
		if err != nil {
			return err
		}
		b.against(form.name, all[0], all[1], limit{})
		if servers.pinned != nil {
			b.against(form.name+", one core, the server on another", all[2], all[3], atLeast(0.8))
		}
	}
	return nil
}

// mostForBuckets is how much more memory a run may take, in megabytes, if its sources are in a bucket.
const mostForBuckets = 64

// against adds how fast a command is with a bucket in comparison with files, by the clock and by its own CPU
// time, and how much more memory it takes.
func (b *bench) against(what string, disk, bucket runs, least limit) {
	b.table.add(result{what: what, measured: seconds(medianOf(disk[0], wall))})
	b.table.add(result{what: "  in a bucket", measured: seconds(medianOf(bucket[0], wall)), figure: ratio(disk[0], bucket[0], wall), unit: "x", limit: least})
	b.table.add(result{what: "    its CPU time", measured: seconds(medianOf(bucket[0], cpu)), figure: ratio(disk[0], bucket[0], cpu), unit: "x"})
	if disk.peak() > 0 {
		b.table.add(result{what: "    its memory, above that with files", figure: (bucket.peak() - disk.peak()) / 1e6, unit: "MB", limit: atMost(mostForBuckets)})
	}
	b.compare(bucket)
}

// writeNear writes the same rows in all forms.
func (b *bench) writeNear(files string) error {
	dir := filepath.Join(files, s3server.Bucket)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	rows := int64(b.megabytes) * 1_000_000 / rowBytes
	o := synthetic.Options{Rows: rows, People: rows / 20, Seed: 8, Invalid: 1}
	text := filepath.Join(dir, "rows.jsonl")
	if err := b.writeParquet(filepath.Join(dir, "rows.parquet"), o, parquetLayouts[0], "zstd"); err != nil {
		return err
	}
	written, _, err := b.write("near.jsonl", o, plain)
	if err != nil {
		return err
	}
	if err := os.Rename(written, text); err != nil {
		return err
	}
	written, _, err = b.write("near.jsonl.gz", o, gzipLines)
	if err != nil {
		return err
	}
	return os.Rename(written, text+".gz")
}
