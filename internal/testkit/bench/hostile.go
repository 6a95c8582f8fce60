package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"ph2cio/internal/exit"
	"ph2cio/internal/testkit/synthetic"
)

// hostilePeak is the most memory, in megabytes, that any file may cost.
const hostilePeak = 300

// hostile previews files that are made, or broken, so that they would fill memory or take forever.
func (b *bench) hostile() error {
	if b.quick {
		b.table.note("hostile files: left out by -quick")
		return nil
	}
	b.table.title(fmt.Sprintf("hostile files: memory, and time, median of %d rounds", hostileRounds))
	path := filepath.Join(b.tmp, "hostile")
	for _, file := range []struct {
		what    string
		make    func(path string) error
		against command
		beside  string
		most    float64 // times as long
	}{
		{"a row of 100 MB between others", b.longRow, b.preview(path+".good", "--limit", "0"), "against as many bytes of good rows", 1},
		{"1 GB of CSV with a quote that never closes", b.openQuote, b.preview(path+".good", "--limit", "0"), "against one that does", 1.2},
		{"a gzip bomb, 10 GB in 10 MB", b.bomb, b.child("gunzip", path), "against decompressing it", 1},
	} {
		if err := file.make(path); err != nil {
			return err
		}
		preview := b.preview(path, "--limit", "0")
		preview.allowed = append(preview.allowed, exit.Input)
		took, err := b.beside(file.against, preview)
		if err = errors.Join(err, os.Remove(path), os.RemoveAll(path+".good")); err != nil {
			return err
		}
		b.table.add(result{what: file.what, figure: float64(took.peak) / 1e6, unit: "MB", limit: atMost(hostilePeak)})
		b.table.add(result{
			what: "  its time " + file.beside, measured: seconds(medianOf(took.runs[0], wall)), figure: took.ratio, unit: "x",
			limit: atMost(file.most),
		})
		b.compare(took.runs)
	}
	return nil
}

// hostileRounds are few, since making the files takes longest.
const hostileRounds = 3

// besides is how a command did beside another.
type besides struct {
	runs  runs
	peak  int64   // the most memory, in bytes
	ratio float64 // of their times, the median
}

// beside runs two commands in turns.
func (b *bench) beside(against, c command) (besides, error) {
	all, err := b.inTurns(hostileRounds, false, against, c)
	if err != nil {
		return besides{}, err
	}
	var peak int64
	for _, o := range all[1][0] {
		peak = max(peak, o.peak)
	}
	return besides{all[1], peak, ratio(all[1][0], all[0][0], wall)}, nil
}

// longRow is one row far over the limit, with a good one before and after it, and beside it as many bytes of
// good rows.
func (b *bench) longRow(path string) error {
	good := b.writeFile(path+".good", func(out *bufio.Writer) error {
		_, err := synthetic.Write(out, synthetic.Options{Rows: 100_000_000 / rowBytes, People: 1000, Seed: 6})
		return err
	})
	return errors.Join(good, b.writeFile(path, func(out *bufio.Writer) error {
		const good = `{"event":"Signed Up","distinct_id":"user_1","timestamp":"2026-03-04T09:00:00Z"}` + "\n"
		out.WriteString(good + `{"event":"`)
		piece := bytes.Repeat([]byte("x"), 1_000_000)
		for range 100 {
			out.Write(piece)
		}
		_, err := out.WriteString(`","distinct_id":"user_1"}` + "\n" + good)
		return err
	}))
}

// openQuote is a dump in which the first row opens a quote that no row closes, and beside it the dump as it
// should be.
func (b *bench) openQuote(path string) error {
	o := synthetic.Options{Shape: synthetic.CSVWithNames, Rows: 1_000_000_000 / rowBytes, People: 1000, Seed: 5}
	good := b.writeFile(path+".good", func(out *bufio.Writer) error {
		_, err := synthetic.Write(out, o)
		return err
	})
	return errors.Join(good, b.writeFile(path, func(out *bufio.Writer) error {
		_, err := synthetic.Write(&quoteOpener{out: out}, o)
		return err
	}))
}

// quoteOpener leaves the last quote of the first row out.
type quoteOpener struct {
	out  *bufio.Writer
	rows int
}

func (q *quoteOpener) Write(row []byte) (int, error) {
	if q.rows++; q.rows == 2 { // the header is the first
		at := bytes.LastIndexByte(row, '"')
		row = append(bytes.Clone(row[:at]), row[at+1:]...)
		_, err := q.out.Write(row)
		return len(row) + 1, err
	}
	return q.out.Write(row)
}

// bomb is good rows of 20 KB, ten gigabytes of them, in ten megabytes.
func (b *bench) bomb(path string) error {
	row := `{"event":"a","distinct_id":"user_1","timestamp":"2026-03-04T09:00:00Z","properties":{"a":"` + strings.Repeat("a", 20_000) + `"}}` + "\n"
	return b.writeFile(path, func(out *bufio.Writer) error {
		packer, err := gzip.NewWriterLevel(out, gzip.BestCompression)
		if err != nil {
			return err
		}
		rows := bytes.Repeat([]byte(row), 50)
		for n := 0; n < 10_000_000_000 && err == nil; n += len(rows) {
			_, err = packer.Write(rows)
			err = errors.Join(err, b.ctx.Err())
		}
		return errors.Join(err, packer.Close())
	})
}

func (b *bench) writeFile(path string, write func(*bufio.Writer) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	if err := errors.Join(write(out), out.Flush(), file.Close()); err != nil {
		return fmt.Errorf("make a hostile file: %w", err)
	}
	return nil
}
