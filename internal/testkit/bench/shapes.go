package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"ph2cio/internal/testkit/synthetic"
)

// export is rows to preview, in one form or another.
type export struct {
	what  string
	path  string
	bytes int64 // of text
	limit float64
}

// shapes compares other kinds of files with JSON lines, byte for byte of their text.
func (b *bench) shapes() error {
	rows, err := b.mixed()
	if err != nil {
		return err
	}
	info, err := os.Stat(rows)
	if err != nil {
		return err
	}
	exports := []export{{"JSON lines", rows, info.Size(), 0}}
	for _, kind := range []struct {
		what, name string
		shape      synthetic.Shape
		divisor    int64 // of the rows; the events explorer's CSV is slow to make, and PostHog's are small
		limit      float64
	}{
		{"ClickHouse CSVWithNames", "rows.csv", synthetic.CSVWithNames, 1, 1.0 / 3},
		{"events explorer CSV", "explorer.csv", synthetic.UICSV, 4, 1.0 / 5},
	} {
		n := int64(b.megabytes) * 1_000_000 / rowBytes / kind.divisor
		path, size, err := b.write(kind.name, synthetic.Options{Shape: kind.shape, Rows: n, People: n / 20, Seed: 3, Invalid: 1}, plain)
		if err != nil {
			return err
		}
		if columns, err := columns(path); err != nil || kind.shape == synthetic.UICSV {
			b.table.note(fmt.Sprintf("the events explorer CSV has %d columns", columns))
		}
		exports = append(exports, export{kind.what, path, size, kind.limit})
	}
	if err := b.perByte("shapes, text per second against JSON lines", exports); err != nil {
		return err
	}
	return b.packings(rows, info.Size())
}

// columns counts the columns of a CSV file by its commas, which the names of our columns do not have.
func columns(path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	line, err := bufio.NewReader(file).ReadString('\n')
	return strings.Count(line, ",") + 1, err
}

// packings compares the same rows compressed, and in many small files.
func (b *bench) packings(rows string, size int64) error {
	packed := filepath.Join(b.tmp, "rows.jsonl.zst")
	small := filepath.Join(b.tmp, "small")
	if err := errors.Join(compress(rows, packed), b.split(rows, small, 10_000)); err != nil {
		return err
	}
	defer os.RemoveAll(small)
	return b.perByte("the same rows otherwise, text per second", []export{
		{"one plain file", rows, size, 0},
		{"zstd", packed, size, 0.8},
		{fmt.Sprintf("%d files of 10 KB", size/10_000), small, size, 0.5},
	})
}

// compress makes a zstd file as `zstd` does.
func compress(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	packer, err := zstd.NewWriter(out)
	if err != nil {
		return err
	}
	_, err = io.Copy(packer, in)
	return errors.Join(err, packer.Close())
}

// split makes many files of a few rows each.
func (b *bench) split(from, dir string, size int) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	lines := bufio.NewReaderSize(in, 1<<20)
	files := &parts{name: filepath.Join(dir, "%06d.jsonl"), size: size, compress: plain}
	for {
		line, err := lines.ReadSlice('\n')
		if _, err := files.Write(line); err != nil {
			return errors.Join(err, files.Close())
		}
		if err == io.EOF {
			return files.Close()
		}
		if err = errors.Join(err, b.ctx.Err()); err != nil {
			return errors.Join(err, files.Close())
		}
	}
}

// perByte previews exports in turns and compares how much text each gets through in a second with the first.
func (b *bench) perByte(title string, exports []export) error {
	var previews []command
	for _, e := range exports {
		previews = append(previews, b.preview(e.path, "--limit", "0"))
	}
	all, err := b.inTurns(b.rounds, true, previews...)
	if err != nil {
		return err
	}
	b.table.title(fmt.Sprintf("%s, median of %d rounds", title, b.rounds))
	for i, e := range exports {
		target := limit{}
		if e.limit > 0 {
			target = atLeast(e.limit)
		}
		b.table.add(result{
			what: e.what, measured: fmt.Sprintf("%.0f MB/s", float64(e.bytes)/1e6/medianOf(all[i][0], wall)),
			figure: ratio(all[0][0], all[i][0], wall) * float64(e.bytes) / float64(exports[0].bytes), unit: "x", limit: target,
		})
		b.compare(all[i])
	}
	return nil
}
