package main

import (
	"fmt"
	"os"

	"ph2cio/internal/testkit/synthetic"
)

const million = 1_000_000

// memory looks at the most memory that ph2cio ever held, the median of a few runs. It must depend on the
// number of people, and not on that of rows.
func (b *bench) memory() error {
	if b.quick {
		b.table.note("memory: left out by -quick")
		return nil
	}
	if need := uint64(4 * million * rowBytes * 12 / 10); freeDisk(b.tmp) < need {
		return fmt.Errorf("needs %.0f GB of disk for a while, and there are %.0f: see -dir, -quick and -only", float64(need)/1e9, float64(freeDisk(b.tmp))/1e9)
	}
	few, err := b.peaks(million, 10_000)
	if err != nil {
		return err
	}
	many, err := b.peaks(4*million, 10_000)
	if err != nil {
		return err
	}
	crowd, err := b.peaks(million, million)
	if err != nil {
		return err
	}
	if few[0].peak() == 0 {
		b.table.note("memory: this system does not tell")
		return nil
	}
	b.table.title("memory, the most resident at once")
	const mb = 1e6
	for i, program := range []string{"preview", "backfill"} {
		add := func(what string, r runs, l limit) {
			b.table.add(result{what: program + ", " + what, figure: r.peak() / mb, limit: l, unit: "MB"})
			b.compare(r)
		}
		add("1,000,000 rows of 10,000 people", few[i], atMost(200))
		add("4,000,000 rows of 10,000 people", many[i], atMost(few[i].peak()/mb*1.1))
		add("1,000,000 rows of 1,000,000 people", crowd[i], atMost(400))
	}
	return nil
}

// peak is the median of what the first program held, in bytes.
func (r runs) peak() float64 { return medianOf(r[0], held) }

// peaks runs preview and backfill on rows made for them, and removes the rows.
func (b *bench) peaks(rows, people int64) ([]runs, error) {
	file, _, err := b.write("memory.jsonl", synthetic.Options{Rows: rows, People: people, Seed: 4, Invalid: 1}, plain)
	defer os.Remove(file)
	if err != nil {
		return nil, err
	}
	to, err := b.startServer(0)
	if err != nil {
		return nil, err
	}
	defer to.stop()
	return b.inTurns(3, false, b.preview(file, "--limit", "0"), b.backfill(to, file, 1000, "--batch-items", "0"))
}
