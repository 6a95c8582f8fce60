package cli

import (
	"context"
	"fmt"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/job"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// confirm says where the history would go and what it would create there, and asks on a terminal. confirmed
// is false if nothing is left to send, so that nobody was asked and nothing may be sent.
func (s *sendJob) confirm(ctx context.Context, read *readJob) (confirmed bool, err error) {
	first := read.first
	if s.maxRejects.Exceeded(first.Bad, first.Rows) {
		return false, &transfer.TooManyRejects{Rejected: first.Bad, Rows: first.Rows}
	}
	if err := checkLive(s.mapping, first); err != nil {
		return false, err
	}
	if err := checkLimits(&s.mapping.identity, first, first.Counts()); err != nil {
		return false, err
	}
	asks := read.job.NeedsConfirmation() && !s.options.yes && !s.to.temporary
	pages := s.p.pages(!asks && (s.p.quiet || s.p.json))
	if len(pages) == 0 {
		return true, nil
	}
	left, err := first.Left(ctx)
	if err != nil {
		return false, err
	}
	if !asks && first.Rows == 0 && left.Nothing() {
		return true, nil // a sync that reads nothing has no plan to show
	}
	attributes, err := first.PredictAttributes(ctx)
	if err != nil {
		return false, err
	}
	for _, to := range pages {
		s.writeForecast(to, read, &left, &attributes)
		if err := s.writeLeft(to, read, &left); err != nil {
			return false, err
		}
	}
	if !asks {
		return true, nil
	}
	if left.Nothing() {
		return false, s.sendNothing(ctx, read)
	}
	return true, s.p.ask(ctx, s.to.question(), "sent")
}

// question asks whether to send to the workspace. It names an address that is not Customer.io's.
func (to *destination) question() string {
	at := ""
	if customerio.RegionOf(to.base) == "" {
		at = " at " + terminal.Plain(to.base) + ", not Customer.io"
	}
	return fmt.Sprintf("Send to workspace %d (%s)%s?", to.workspace.EnvironmentID, to.workspace.Region, at)
}

// writeForecast lays out the plan as far as the first pass tells it, and says where the settings came from.
func (s *sendJob) writeForecast(out page, read *readJob, left *transfer.Left, attributes *transfer.AttributeSummary) {
	p, first := s.p, read.first
	title := terminal.Plain(planTitle(p.sourcesText(read.job.Sources), s.to.planName()))
	fmt.Fprintln(out, out.style.Bold(terminal.Wrap(title, out.columns, 0)))
	if !out.records {
		fmt.Fprintln(out)
	}
	fmt.Fprint(out, terminal.BeforeSending(first, terminal.Asked{
		Left: left, Attributes: attributes, Idle: read.job.Command == job.Backfill, // a night may lack what a rule is for
		NoProfiles: read.job.Resumed != nil && left.People == 0, Settings: p.settingsFrom(), Fetch: p.stores.fetchesAgain(first.ReadAgain()),
	}, out.style, out.columns))
}

// planTitle is the heading of a plan to send from somewhere to somewhere.
func planTitle(from, to string) string { return fmt.Sprintf("Plan: %s → %s", from, to) }

// settingsFrom says where settings may have come from.
func (p *program) settingsFrom() string {
	from := []string{"the environment"}
	if p.dotenv.path != "" {
		from = append(from, p.dotenv.path)
	}
	if p.mapping != nil {
		from = append(from, p.mapping.Name)
	}
	return "from " + report.InWords(from, "and")
}

// typicalOperationBytes is the size of an operation that a forecast assumes. The real sizes are known only
// when sending.
const typicalOperationBytes = 800

// forecastTime estimates how long sending takes at the given rate, if Customer.io keeps up.
func forecastTime(operations int64, batchItems int, rate float64, settle time.Duration) time.Duration {
	perRequest := int64(500_000 / typicalOperationBytes)
	if batchItems > 0 {
		perRequest = min(perRequest, int64(batchItems))
	}
	requests := float64(operations)/float64(perRequest) + 2
	return time.Duration(requests/rate*float64(time.Second)) + settle
}
