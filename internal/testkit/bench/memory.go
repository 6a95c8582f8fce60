package main

import (
	"fmt"
	"os"
	"slices"

	"ph2cio/internal/testkit/synthetic"
)

const million = 1_000_000

// memory looks at the most memory that ph2cio ever held, the median of a few runs. It must depend on the number of people,
// and not on that of rows.
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
	if few["preview"] == 0 {
		b.table.note("memory: this system does not tell")
		return nil
	}
	b.table.title("memory, the most resident at once")
	const mb = 1e6
	for _, program := range []string{"preview", "backfill"} {
		add := func(what string, bytes int64, l limit) {
			b.table.add(result{what: program + ", " + what, figure: float64(bytes) / mb, limit: l, unit: "MB"})
		}
		add("1,000,000 rows of 10,000 people", few[program], atMost(200))
		add("4,000,000 rows of 10,000 people", many[program], atMost(float64(few[program])/mb*1.1))
		add("1,000,000 rows of 1,000,000 people", crowd[program], atMost(400))
	}
	return nil
}

// peaks runs preview and backfill on rows made for them, and removes the rows.
func (b *bench) peaks(rows, people int64) (map[string]int64, error) {
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
	peaks := map[string]int64{}
	for _, c := range []contender{
		{what: "preview", command: b.preview(file, "--limit", "0")},
		{what: "backfill", command: b.backfill(to, file, 1000, "--batch-items", "0")},
	} {
		var seen []int64
		for range 3 {
			o, err := b.command(c.command)
			if err != nil {
				return nil, err
			}
			seen = append(seen, o.peak)
		}
		slices.Sort(seen)
		peaks[c.what] = seen[len(seen)/2]
	}
	return peaks, nil
}
