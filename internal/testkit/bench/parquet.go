package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go/compress/snappy"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"ph2cio/internal/testkit/synthetic"
)

// parquetLayout is how a program that writes Parquet lays rows out.
type parquetLayout struct {
	what  string
	group int64 // bytes of text in a row group
	page  int   // bytes of text in a page of one column
}

// parquetLayouts are those of PostHog's batch exports, and of DuckDB, which writes 122,880 rows a row group.
var parquetLayouts = []parquetLayout{
	{"row groups of 60 MB, pages of 1 MB", 60_000_000, 1 << 20},
	{"row groups of 200 MB, pages of 100 MB", 200_000_000, 100_000_000},
}

// parquet compares previewing Parquet files with previewing the same rows as gzip JSON lines, and looks at the
// most memory that it takes.
func (b *bench) parquet() error {
	rows := int64(b.megabytes) * 1_000_000 / rowBytes
	o := synthetic.Options{Rows: rows, People: rows / 20, Seed: 7, Invalid: 1}
	packed, _, err := b.write("rows.jsonl.gz", o, gzipLines)
	if err != nil {
		return err
	}
	contenders := []contender{{"gzip JSON lines", b.preview(packed, "--limit", "0"), limit{}}}
	for _, codec := range []string{"zstd", "snappy"} {
		for i, layout := range parquetLayouts {
			path := filepath.Join(b.tmp, fmt.Sprintf("rows-%d-%s.parquet", i, codec))
			if err := b.writeParquet(path, o, layout, codec); err != nil {
				return err
			}
			contenders = append(contenders, contender{codec + ", " + layout.what, b.preview(path, "--limit", "0"), atMost(1)})
		}
	}
	if err := b.race("Parquet, preview against that of gzip JSON lines", contenders); err != nil {
		return err
	}
	return b.parquetPeaks()
}

// parquetPeaks looks at the most memory that previews hold: it must depend neither on the number of rows nor on
// the size of row groups.
func (b *bench) parquetPeaks() error {
	if b.quick {
		b.table.note("memory of Parquet: left out by -quick")
		return nil
	}
	const mb = 1e6
	for _, layout := range parquetLayouts {
		few, err := b.parquetPeak(million, layout)
		if err != nil {
			return err
		}
		many, err := b.parquetPeak(4*million, layout)
		if err != nil {
			return err
		}
		if few.peak() == 0 {
			b.table.note("memory of Parquet: this system does not tell")
			return nil
		}
		b.table.title("Parquet, " + layout.what + ": the most resident at once")
		b.table.add(result{what: "1,000,000 rows of 10,000 people", measured: seconds(medianOf(few[0], wall)), figure: few.peak() / mb, unit: "MB", limit: atMost(300)})
		b.compare(few)
		most := min(300, few.peak()/mb*1.1)
		b.table.add(result{what: "4,000,000 rows of 10,000 people", measured: seconds(medianOf(many[0], wall)), figure: many.peak() / mb, unit: "MB", limit: atMost(most)})
		b.compare(many)
	}
	return nil
}

func (b *bench) parquetPeak(rows int64, layout parquetLayout) (runs, error) {
	path := filepath.Join(b.tmp, "memory.parquet")
	defer os.Remove(path)
	if err := b.writeParquet(path, synthetic.Options{Rows: rows, People: 10_000, Seed: 4, Invalid: 1}, layout, "zstd"); err != nil {
		return nil, err
	}
	all, err := b.inTurns(3, false, b.preview(path, "--limit", "0"))
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// parquetOrder is what another process needs to know to write a Parquet file. This process does not write it:
// what it held for that would count as held by the programs that it starts.
type parquetOrder struct {
	Path    string
	Options synthetic.Options
	Group   int64
	Page    int
	Codec   string
}

func (b *bench) writeParquet(path string, o synthetic.Options, layout parquetLayout, codec string) error {
	order, err := json.Marshal(parquetOrder{path, o, layout.group, layout.page, codec})
	if err != nil {
		return err
	}
	_, err = b.command(b.child("write-parquet", string(order), "GOGC=50"))
	return err
}

// fillParquetOrder is the main of the process that writes a Parquet file.
func fillParquetOrder(text string) (err error) {
	var order parquetOrder
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		return err
	}
	layout := synthetic.ParquetLayout{Group: order.Group, Page: order.Page}
	switch order.Codec {
	case "zstd":
		layout.Codec = &zstd.Codec{Level: zstd.SpeedFastest} // about PostHog's level 1
	case "snappy":
		layout.Codec = &snappy.Codec{}
	default:
		return fmt.Errorf("no codec is called %q", order.Codec)
	}
	file, err := os.Create(order.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriterSize(file, 1<<20)
	_, err = synthetic.WriteParquet(out, order.Options, layout)
	return errors.Join(err, out.Flush())
}
