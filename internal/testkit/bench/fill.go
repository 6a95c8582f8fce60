package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

const (
	bodyLimit  = 500_000 // bytes that the Track API takes in one batch
	fillTarget = 0.97
)

// fill looks at how full requests are when only bytes limit them. The last request of a phase holds what was left over;
// since requests overtake one another, one request of each phase may be less full, whichever came last.
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
	if _, err := b.command(b.backfill(to, rows, 1000, "--batch-items", "0")); err != nil {
		return err
	}
	requests, err := to.requests()
	if err != nil {
		return err
	}
	phases := byPhase(requests)
	b.table.title("fill, without a limit on operations")
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
	if len(phases) == 0 {
		return fmt.Errorf("no request came")
	}
	return nil
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
