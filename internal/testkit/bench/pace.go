package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ph2cio/internal/testkit/synthetic"
)

// The pace section sends small batches to a slow server: the rate must be kept, whatever a request takes, and
// never exceeded.
const (
	paceRate   = 50
	paceDelay  = 200 * time.Millisecond
	paceWindow = 20 * time.Second
	paceItems  = 5 // operations in a batch
)

func (b *bench) pace() error {
	rows, _, err := b.write("pace.jsonl", synthetic.Options{Rows: 20_000, People: 100, Seed: 3}, plain)
	if err != nil {
		return err
	}
	to, err := b.startServer(paceDelay)
	if err != nil {
		return err
	}
	defer to.stop()
	if _, err := b.command(b.backfill(to, rows, paceRate, "--batch-items", fmt.Sprint(paceItems))); err != nil {
		return err
	}
	requests, err := to.requests()
	if err != nil {
		return err
	}
	all, events := arrivals(requests, ""), arrivals(requests, "events")
	if len(events) == 0 || events[len(events)-1]-events[0] < paceWindow {
		return errors.New("too few requests to fill 20 seconds: the rows should give more")
	}
	b.table.title(fmt.Sprintf("pace, --rate %d against a server that takes %s", paceRate, paceDelay))
	b.table.add(result{
		what: fmt.Sprintf("requests a second over %s", paceWindow), measured: fmt.Sprintf("%d requests", len(all)),
		figure: float64(within(events, paceWindow)) / paceWindow.Seconds(), limit: atLeast(paceRate * 0.95), unit: "/s",
	})
	b.table.add(result{
		what: "requests in the busiest second", measured: "any sliding second",
		figure: float64(busiest(all, time.Second)), limit: atMost(paceRate + 1),
	})
	return nil
}

// arrivals are the times at which requests of a phase came, in order. An empty phase is all of them.
func arrivals(requests []request, phase string) []time.Duration {
	var at []time.Duration
	for _, r := range requests {
		if phase == "" || r.Phase == phase {
			at = append(at, r.At)
		}
	}
	slices.Sort(at)
	return at
}

// within counts those that came in the window that starts with the first.
func within(at []time.Duration, window time.Duration) int {
	end, _ := slices.BinarySearch(at, at[0]+window)
	return end
}

// busiest is the most that came in any window.
func busiest(at []time.Duration, window time.Duration) int {
	most := 0
	for i := range at {
		most = max(most, within(at[i:], window))
	}
	return most
}
