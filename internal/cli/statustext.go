package cli

import (
	"fmt"
	"strings"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// writeStatus shows the states to a person: what fits one screen, or all their runs.
func (p *program) writeStatus(reports []stateReport) error {
	t := &statusText{terminal.Lines{Style: p.style(p.env.StdoutTerminal), Width: p.columns()}}
	for i := range reports {
		if i > 0 {
			t.WriteString("\n")
		}
		t.state(&reports[i], p.allFlags)
	}
	_, err := fmt.Fprint(p.env.Stdout, t.String())
	return err
}

// statusText lays states out for a person.
type statusText struct{ terminal.Lines }

func (t *statusText) state(s *stateReport, allRuns bool) {
	t.headline(s)
	if s.People+s.MergesDone > 0 {
		t.Line("Sent", sentInAll(s))
	}
	if s.Lag != nil {
		t.Line("Newest event", fmt.Sprintf("%s, %s ago", report.Minute(s.Newest), report.Age(*s.Lag)))
	}
	t.runs(s, allRuns)
	if s.OpenRejects > 0 {
		t.Line("To fix", terminal.Plain(s.toFix(true)))
	}
	t.waiting(s)
	t.lostRows(s.summary.LostHistory)
	t.Line("State", terminal.Plain(s.Path))
	t.Next(s.Next, s.nextNote())
}

// headline says which workspace this is, and how far what it has been sent reaches.
func (t *statusText) headline(s *stateReport) {
	where := customerio.RegionOf(s.BaseURL)
	if where == "" {
		where = terminal.Plain(s.BaseURL)
	}
	verdict, fine := s.verdict()
	verdict = terminal.OneLine(verdict)
	workspace, between := fmt.Sprintf("Workspace %d (%s)", s.EnvironmentID, where), "   "
	if terminal.ColumnsOf(workspace+between+verdict) > t.Width {
		between = "\n  "
	}
	if fine {
		verdict = t.Style.Green(verdict)
	}
	fmt.Fprintf(t, "%s%s%s\n", t.Style.Bold(workspace), between, verdict)
}

// verdict says in a few words how a state is. fine is true if all was sent that can be sent.
func (s *stateReport) verdict() (text string, fine bool) {
	switch {
	case s.Running != nil && s.Running.Sends:
		return s.Runs[0].Command + " under way", false
	case s.Running != nil:
		return "a run has begun, and has sent nothing yet", false
	case len(s.Runs) == 0:
		return "nothing sent yet", false
	case s.unfinished():
		return s.Runs[0].Command + " not finished", false
	case s.tried():
		return "tried with --only, and not sent to everybody", false
	case s.Runs[0].Outcome == ledger.Troubled:
		return "some files could not be read to the end", false
	case s.Newest.IsZero():
		return "up to date", s.OpenRejects == 0
	}
	return "up to date through " + report.Day(s.Newest), s.OpenRejects == 0
}

// unfinished reports whether the last run has not come to its end.
func (s *stateReport) unfinished() bool { return len(s.Runs) > 0 && s.Runs[0].Ended.IsZero() }

// tried reports whether only few people were sent, to try it out.
func (s *stateReport) tried() bool {
	return strings.HasPrefix(s.Next, "ph2cio "+backfillCommand) && !strings.HasSuffix(s.Next, "--"+terminal.RestartFlag) && !s.Runs[0].Ended.IsZero()
}

// nextNote says in a few words what the next command does.
func (s *stateReport) nextNote() string {
	switch {
	case s.unfinished():
		return "resumes it"
	case strings.HasSuffix(s.Next, "--"+terminal.RestartFlag):
		return ""
	case s.tried():
		return "sends everybody else"
	}
	return "sends what is new"
}

// sentInAll says what all runs together sent.
func sentInAll(s *stateReport) string {
	text := report.Plural(s.People, "person", "people")
	if s.MergesDone > 0 {
		text += " and " + report.Plural(s.MergesDone, "merge", "merges")
	}
	return text + " in all"
}

// runs shows what is under way and the last run, or all runs.
func (t *statusText) runs(s *stateReport, all bool) {
	t.running(s)
	runs := s.Runs
	sending := s.Running != nil && s.Running.Sends
	if all {
		for i := range runs {
			t.run(&runs[i], sending && i == 0)
		}
		fmt.Fprintln(t)
		return
	}
	if sending {
		runs = runs[1:]
	}
	if len(runs) == 0 {
		return
	}
	t.Line("Last run", terminal.OneLine(runs[0].lastText()))
	if runs[0].Rejected() > 0 {
		t.Line("", t.Style.Red(terminal.Plain("rejected: "+terminal.Reasons(runs[0].Rejects))))
	}
	t.troubles(&runs[0], maxFilesShown)
	if len(runs) > 1 {
		t.Line("", t.Style.Dim(terminal.Plain("`ph2cio status --all"+s.stateArgs()+"` shows older runs")))
	}
}

// running says which process holds the state, and how far it is.
func (t *statusText) running(s *stateReport) {
	r := s.Running
	if r == nil {
		return
	}
	what, how := "a run", "reads, or waits for somebody's answer"
	if r.Sends {
		what, how = s.Runs[0].Command, "sending "+s.Runs[0].Phase+": "+s.Runs[0].progress()
	}
	text := fmt.Sprintf("%s since %s (process %d on %s)\n%s", what, report.Minute(r.Since), r.PID, terminal.Plain(r.Host), how)
	t.Line("Running", t.Style.Magenta(text))
}

// waiting says what waits for a later run.
func (t *statusText) waiting(s *stateReport) {
	lines := waitingLines(s.Waiting.byReason)
	if s.Waiting.byReason[ledger.Recent].Rows > 0 && strings.HasSuffix(s.Next, "--"+terminal.RestartFlag) {
		lines[len(lines)-1] += "; " + terminal.RestartSends // recent events come last
	}
	if held := s.summary.TwoProfiles; held != nil {
		lines = append(lines, t.Style.Magenta(terminal.HeldCount(held)))
	}
	label := "Waiting"
	for _, text := range lines {
		t.Line(label, text)
		label = ""
	}
}

// lostRows says which waiting rows the last run has found to be lost, a line for each file.
func (t *statusText) lostRows(all []transfer.LostHistory) {
	for i := range all {
		if i == maxFilesShown {
			t.Line("", "and those of "+report.Plural(len(all)-i, "more file", "more files"))
			return
		}
		rows := report.Plural(all[i].Rows, "row that waited", "rows that waited")
		t.Line("Lost", t.Style.Magenta(terminal.Plain(rows+" in "+all[i].Path+": "+terminal.WhoseRows(&all[i]))))
	}
}

// maxFilesShown is how many files of the last run are named of which something is to be said.
const maxFilesShown = 3

// troubles names the sources of a run that could not be read to the end, at most so many.
func (t *statusText) troubles(r *runReport, most int) {
	n := 0
	for _, source := range r.Sources {
		if source.Trouble == "" {
			continue
		}
		if n++; n <= most {
			t.Line("Trouble", t.Style.Red(terminal.Plain(source.Path+": "+source.Trouble)))
		}
	}
	if n > most {
		t.Line("", "and "+report.Plural(n-most, "more file", "more files"))
	}
}

// lastText says in one line what a run was, how it ended, and what it sent.
func (r *runReport) lastText() string {
	return r.Command + ", " + r.outcomeText(false) + report.ListSeparator + r.sentText()
}

// sentText says what a run sent, and how many of its rows were not reached.
func (r *runReport) sentText() string {
	var parts []string
	for _, part := range []struct {
		n         int64
		one, many string
	}{
		{r.Done.Sent(), "event", "events"}, {r.Done.People(), "person", "people"}, {r.Done.Accepted[customerio.Merge], "merge", "merges"},
	} {
		if part.n > 0 {
			parts = append(parts, report.Plural(part.n, part.one, part.many))
		}
	}
	text := "nothing sent"
	if len(parts) > 0 {
		text = report.InWords(parts, "and") + " sent"
	}
	if r.Ended.IsZero() && r.Phase != ledger.People.String() {
		text += report.ListSeparator + r.progress()
	}
	return text
}

// progress says how far a run is: people come before any row.
func (r *runReport) progress() string {
	if r.Phase == ledger.People.String() {
		return report.Plural(r.Done.People(), "person", "people") + " sent"
	}
	return report.Count(r.Done.Read) + " of " + report.Plural(r.Rows, "row", "rows") + " done"
}

// Rejected returns how many rows, people and merges a run rejected.
func (r *runReport) Rejected() int64 { return deliver.Sum(r.Rejects) }

// run shows all of a run.
func (t *statusText) run(r *runReport, running bool) {
	fmt.Fprintln(t)
	t.Line(fmt.Sprintf("Run %d", r.ID), fmt.Sprintf("%s, began %s, %s", r.Command, report.Minute(r.Began), r.outcomeText(running)))
	t.Line("Rows", fmt.Sprintf("%s of %s: %s", report.Count(r.Done.Read), report.Count(r.Rows), r.buckets()))
	t.Line("People", report.Count(r.Done.People())+" sent")
	if r.Rejected() > 0 {
		t.Line("Rejected", t.Style.Red(terminal.Plain(terminal.Reasons(r.Rejects))))
	}
	size := int64(0)
	for _, source := range r.Sources {
		size += source.Bytes
	}
	t.Line("Sources", fmt.Sprintf("%s, %s", report.Files(len(r.Sources)), report.Bytes(size)))
	t.troubles(r, len(r.Sources))
}

// buckets says what became of the rows.
func (r *runReport) buckets() string {
	d := &r.Done
	parts := []string{report.Count(d.Sent()) + " sent"}
	for _, bucket := range []struct {
		n    int64
		name string
	}{
		{d.Person, "for the profile only"}, {deliver.Sum(d.Skipped), "left out"}, {deliver.Sum(d.Rejected), "rejected"},
		{d.Duplicate, report.PluralWord(d.Duplicate, "duplicate", "duplicates")}, {d.Earlier, "already sent"},
	} {
		if bucket.n > 0 {
			parts = append(parts, report.Count(bucket.n)+" "+bucket.name)
		}
	}
	return strings.Join(parts, report.ListSeparator)
}

// outcomeText says how a run ended, or how far it is.
func (r *runReport) outcomeText(running bool) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return " " + report.Minute(t)
	}
	switch {
	case running:
		return "sending " + r.Phase
	case r.Ended.IsZero():
		return "stopped" + at(r.Saved) + " while sending " + r.Phase
	case r.Outcome == ledger.Replaced:
		return "stopped" + at(r.Saved) + " while sending " + r.Phase + ", and replaced by a later run"
	case r.Outcome == ledger.Troubled:
		return "done" + at(r.Ended) + ", but some files could not be read to the end"
	}
	return "done" + at(r.Ended)
}
