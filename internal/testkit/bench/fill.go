package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

const (
	bodyLimit  = 500_000 // bytes that the Track API takes in one batch
	fillTarget = 0.97
)

// fill looks at how full requests are when only bytes limit them. The last request of a phase holds what was
// left over; since requests overtake one another, one request of each phase may be less full, whichever came
// last.
func (b *bench) fill() error {
	rows, err := b.mixed()
	if err != nil {
		return err
	}
	to, err := b.startServer(0)
	if err != nil {
		return err
	}
	defer to.stop()
	for _, backfill := range b.variants(b.backfill(to, rows, 1000, "--batch-items", "0")) {
		if _, err := b.command(backfill); err != nil {
			return err
		}
		requests, err := to.requests()
		if err != nil {
			return err
		}
		if len(requests) == 0 {
			return errors.New("no request came")
		}
		title := "fill, without a limit on operations"
		if len(b.programs) > 1 {
			title += ", " + backfill.name
		}
		b.table.title(title)
		b.fullness(byPhase(requests))
	}
	return nil
}

// fullness adds how full the requests of each phase were.
func (b *bench) fullness(phases map[string][]int64) {
	for _, name := range slices.Sorted(maps.Keys(phases)) {
		sizes := phases[name]
		if len(sizes) < 2 {
			b.table.add(result{what: name, measured: fmt.Sprintf("%d request", len(sizes))})
			continue
		}
		b.table.add(result{
			what: name + ", least full request", measured: fmt.Sprintf("%d requests", len(sizes)),
			figure: float64(sizes[1]) / bodyLimit * 100, limit: atLeast(fillTarget * 100), unit: "%",
		})
		b.table.add(result{
			what: name + ", fullest request", measured: fmt.Sprintf("%d bytes", sizes[len(sizes)-1]),
			figure: float64(sizes[len(sizes)-1]) / bodyLimit * 100, limit: atMost(100), unit: "%",
		})
	}
}

// byPhase returns the body sizes of each phase, smallest first.
func byPhase(requests []request) map[string][]int64 {
	phases := map[string][]int64{}
	for _, r := range requests {
		phases[r.Phase] = append(phases[r.Phase], r.Bytes)
	}
	for _, sizes := range phases {
		slices.SortFunc(sizes, cmp.Compare)
	}
	return phases
}
