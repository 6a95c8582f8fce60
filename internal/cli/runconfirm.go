package cli

import (
	"context"
	"fmt"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/job"
	"ph2cio/internal/people"
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
	return true, s.p.ask(ctx, fmt.Sprintf("Send to workspace %d (%s)?", s.to.workspace.EnvironmentID, s.to.workspace.Region), "sent")
}

// writeForecast says which workspace this is, where the settings came from, and what would be created.
func (s *sendJob) writeForecast(out page, read *readJob, left *transfer.Left, attributes *transfer.AttributeSummary) {
	p, to, first, style := s.p, s.to, read.first, out.style
	counts := first.Counts()
	line := func(label, text string) {
		fmt.Fprintln(out, terminal.Labelled(label, text, out.columns))
	}
	if to.sandbox != nil {
		line("to", style.Bold("a sandbox in memory; nothing goes to Customer.io"))
	} else {
		line("workspace", style.Bold(fmt.Sprintf("%d (%s, %s)", to.workspace.EnvironmentID, to.workspace.Region, terminal.Plain(to.base))))
	}
	line("settings", terminal.Plain(p.settingsFrom()))
	line("read", fmt.Sprintf("%s in %s, %s", report.Plural(first.Rows, "row", "rows"), terminal.Plain(p.sourcesText(read.job.Sources)), report.Bytes(first.Bytes)))
	if empty := terminal.EmptyText(first.SourceSummaries()); empty != "" {
		line("empty", empty)
	}
	if text := p.stores.fetchesAgain(first.ReadAgain()); text != "" {
		line("fetch", text)
	}
	if profiles := newProfilesText(read, counts, left); profiles != "" {
		line("profiles", style.Bold(profiles))
	}
	if n := first.People.MergeCount(); n > 0 && left.Merges > 0 {
		line("merges", style.Bold(report.Plural(n, "profile will be merged into another one", "profiles will be merged into others"))+", which cannot be undone")
		line("", terminal.PairsText(first.MergePairs(terminal.MaxNamed), n))
	}
	if held := first.TwoProfiles(); held != nil {
		line("waiting", style.Yellow(terminal.HeldCount(held)))
		line("", terminal.HeldNames(held))
		line("", terminal.HeldAdvice)
	}
	if first.Repeats > 0 {
		line("duplicates", report.Plural(first.Repeats, "row is a duplicate or was already sent", "rows are duplicates or were already sent"))
	}
	line("campaigns", campaignsText(first.Recent))
	if left.People > 0 {
		line("", report.Plural(left.People, "profile update", "profile updates")+" may start segment campaigns")
	}
	if text := terminal.Overwrites(int64(counts.Stale), left.People, "may lose"); text != "" {
		line("overwrites", text)
	}
	fmt.Fprint(out, terminal.BeforeSending(first, attributes, style, out.columns))
	if read.job.Command == job.Backfill { // a night may lack what a rule is for
		fmt.Fprint(out, terminal.Idle(first, style, out.columns))
	}
	if first.Bad > 0 {
		line("rejected", style.Red("at least "+report.Plural(first.Bad, "row", "rows")+" cannot be sent"))
	}
	for _, t := range first.Trouble {
		line("trouble", style.Red(terminal.Plain(t.Error())))
	}
}

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

// campaignsText says how many events can start campaigns. Some of them may not be sent.
func campaignsText(recent int64) string {
	if recent == 0 {
		return terminal.NoRecent
	}
	return "up to " + report.Plural(recent, "event", "events") + " of the last 72 hours may start a campaign"
}

// newProfilesText says how many profiles a run adds; empty for a resumed run that has sent everybody.
func newProfilesText(read *readJob, counts people.Counts, left *transfer.Left) string {
	first := read.first
	if read.job.Resumed != nil && left.People == 0 {
		return ""
	}
	switch {
	case !first.KnowsProfiles() && left.People == 0:
		return "0 new"
	case !first.KnowsProfiles():
		return fmt.Sprintf("up to %s new, one for each person sent (exact with --existing)", report.Count(left.People))
	}
	n := first.ChosenProfiles(&counts)
	added := min(int64(n.New), left.People) // who is rejected is not left to send
	return fmt.Sprintf("%s new, %s in Customer.io already", report.Count(added), report.Count(n.Known))
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
