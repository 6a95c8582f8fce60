package main

import "fmt"

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

// race runs the contenders in turns. The first is the baseline.
func (b *bench) race(title string, contenders []contender) error {
	var commands []command
	for _, c := range contenders {
		commands = append(commands, c.command)
	}
	all, err := b.inTurns(b.rounds, true, commands...)
	if err != nil {
		return err
	}
	b.table.title(fmt.Sprintf("%s, median of %d rounds", title, b.rounds))
	for i, c := range contenders {
		b.table.add(result{
			what: c.what, measured: seconds(medianOf(all[i][0], wall)), figure: ratio(all[i][0], all[0][0], wall),
			limit: c.limit, unit: "x",
		})
		b.compare(all[i])
	}
	return nil
}
