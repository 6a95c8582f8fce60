package main

import (
	"fmt"
	"time"
)

// contender is a program that takes part in the rounds of a section.
type contender struct {
	what    string
	command command
	limit   limit // of its time over the baseline's
}

// speed compares reading, previewing and sending with validating alone.
func (b *bench) speed() error {
	rows, err := b.mixed()
	if err != nil {
		return err
	}
	to, err := b.startServer(0)
	if err != nil {
		return err
	}
	defer to.stop()
	return b.race("speed", []contender{
		{"json.Valid on each line, one core", b.child("json-valid", rows, "GOMAXPROCS=1"), limit{}},
		{"preview", b.preview(rows, "--limit", "0"), atMost(0.65)},
		{"first reading alone", b.preview("--first-reading-only", rows), atMost(0.35)},
		{"backfill to a server on loopback", b.backfill(to, rows, 1000, "--batch-items", "0"), atMost(0.85)},
	})
}

// race runs the contenders in turns. The first is the baseline; a round before the others fills the disk cache.
func (b *bench) race(title string, contenders []contender) error {
	times := make([][]time.Duration, len(contenders))
	ratios := make([][]float64, len(contenders))
	for round := range b.rounds + 1 {
		for i, c := range contenders {
			o, err := b.command(c.command)
			if err != nil {
				return err
			}
			if round > 0 {
				times[i] = append(times[i], o.wall)
				ratios[i] = append(ratios[i], o.wall.Seconds()/times[0][round-1].Seconds())
			}
		}
	}
	b.table.title(fmt.Sprintf("%s, median of %d rounds", title, b.rounds))
	for i, c := range contenders {
		b.table.add(result{
			what: c.what, measured: seconds(median(times[i])), figure: median(ratios[i]),
			limit: c.limit, unit: "x",
		})
	}
	return nil
}
