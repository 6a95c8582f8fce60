package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"ph2cio/internal/export"
	"ph2cio/internal/people"
)

// confirm tells where history would go and what it would make there, and asks on a terminal.
func (p *program) confirm(ctx context.Context, plan *export.Plan, l *export.Learned, to *destination, j *journey, m *mappingOptions, o *sendingOptions) error {
	counts := l.People.Count(plan.Now.Unix())
	if plan.MaxRejects.Exceeded(l.Bad, l.Rows) {
		return &export.TooManyRejects{Rejected: l.Bad, Rows: l.Rows}
	}
	if err := checkLive(m, l); err != nil {
		return err
	}
	if err := checkLimits(&m.identity, l, counts); err != nil {
		return err
	}
	console, terminal := p.console()
	asks := !o.yes && !to.temporary && p.env.StdinTerminal && terminal
	if asks || !p.quiet && !p.json {
		if err := p.writeForecast(ctx, plan, l, to, o); err != nil {
			return err
		}
		p.writeStopped(j)
	}
	if !asks {
		return nil
	}
	fmt.Fprintf(console, "Send %s people and %s events? [y/N] ", export.Count(int64(counts.Sent)), export.Count(counts.Events))
	answer, err := p.answer(ctx)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(strings.ToLower(answer), "y") {
		fmt.Fprintln(p.env.Stderr, "Nothing was sent.")
		return &finished{exitDone, "not confirmed; nothing was sent"}
	}
	return nil
}

// answer reads one line, unless a signal comes first.
func (p *program) answer(ctx context.Context) (string, error) {
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(p.env.Stdin).ReadString('\n')
		line <- text
	}()
	select {
	case text := <-line:
		return strings.TrimSpace(text), nil
	case <-ctx.Done():
		fmt.Fprintln(p.env.Stderr)
		return "", context.Cause(ctx)
	}
}

// writeForecast says workspace, region, where the settings came from, and what would be made.
func (p *program) writeForecast(ctx context.Context, plan *export.Plan, l *export.Learned, to *destination, o *sendingOptions) error {
	attributes, err := l.ForeseePeople(ctx, plan)
	if err != nil {
		return err
	}
	style := p.style(p.env.StderrTerminal)
	counts := l.People.Count(plan.Now.Unix())
	settings := "environment"
	if p.dotenv.path != "" {
		settings += " and " + p.dotenv.path
	}
	line := func(label, text string) { fmt.Fprintf(p.env.Stderr, "%-12s %s\n", label, text) }
	line("workspace", style.bold(fmt.Sprintf("%d (%s, %s)", to.workspace.EnvironmentID, to.workspace.Region, plain(to.base))))
	line("settings", plain(settings))
	line("read", fmt.Sprintf("%s rows in %s, %s", export.Count(l.Rows), plain(p.sourcesText(plan.Sources)), bytesText(l.Bytes)))
	line("profiles", style.bold(newProfiles(plan, l, counts)))
	if n := l.People.LinkCount(); n > 0 {
		line("merges", style.bold(several(int64(n), "profile is merged into another", "profiles are merged into others"))+", which cannot be undone")
		line("", pairsText(l.MergePairs(plan, mostNamed), n))
	}
	if held := l.TwoProfiles(); held != nil {
		line("held", style.yellow(heldCount(held)))
		line("", heldNames(held))
		line("", heldAdvice)
	}
	events := export.Count(counts.Events)
	if counts.Estimated {
		events = "about " + events
	}
	if l.Repeats > 0 {
		events = "up to " + events
		line("not again", several(l.Repeats, "row", "rows")+" of events that another row stands for, or that an earlier run has sent")
	}
	line("events", fmt.Sprintf("%s, of which at most %s younger than 72 h can start campaigns", style.bold(events), export.Count(l.Recent)))
	line("time", about(forecastTime(counts.Events+int64(counts.Sent), plan.BatchItems, o.rate, plan.Settle)))
	p.writeNames(plan, l, &attributes)
	if l.Bad > 0 {
		line("rejected", style.red(several(l.Bad, "row", "rows")+" cannot be sent"))
	}
	for _, t := range l.Trouble {
		line("trouble", style.red(plain(t.Error())))
	}
	return nil
}

// writeStopped says how far the run had come that this one goes on with.
func (p *program) writeStopped(j *journey) {
	if !j.goes {
		return
	}
	counters, err := export.ReadCounters(j.run.Counters)
	if err != nil {
		return // sending will tell
	}
	fmt.Fprintf(p.env.Stderr, "%-12s the %s that began at %s: %s of %s rows are done, %s people and %s events were sent\n", "goes on with",
		j.run.Command, timeText(j.run.Began), export.Count(counters.Read), export.Count(j.run.Rows), export.Count(counters.People()), export.Count(counters.Sent()))
}

// newProfiles says how many profiles there would be more.
func newProfiles(plan *export.Plan, l *export.Learned, counts people.Counts) string {
	if !l.Knows(plan) {
		return fmt.Sprintf("up to %s new (people sent; Customer.io counts profiles)", export.Count(int64(counts.Sent)))
	}
	n := counts.ByChoice[plan.Choice.Who]
	return fmt.Sprintf("%s new, %s there already", export.Count(int64(n.New)), export.Count(int64(n.Known)))
}

// typicalOperation is the bytes of an operation as a forecast assumes them; only the sending itself knows.
const typicalOperation = 800

// forecastTime is how long sending takes at the given rate, if the destination keeps up.
func forecastTime(operations int64, batchItems int, rate float64, settle time.Duration) time.Duration {
	perRequest := int64(500_000 / typicalOperation)
	if batchItems > 0 {
		perRequest = min(perRequest, int64(batchItems))
	}
	requests := float64(operations)/float64(perRequest) + 2
	return time.Duration(requests/rate*float64(time.Second)) + settle
}
