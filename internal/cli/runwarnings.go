package cli

import (
	"fmt"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// warnOfJob prints the warnings of a decision about what this run is.
func (p *program) warnOfJob(warnings []job.Warning) {
	for _, one := range warnings {
		switch w := one.(type) {
		case job.OtherInputs:
			if all, named := withoutOnly(w.Last.Typed); named != "" && all == p.resumeCommand() {
				continue // it was a try
			}
			p.warn("the last backfill, finished at %s, had other sources or flags; events that it sent are not sent again", report.Minute(w.Last.Ended))
		case job.OtherRows:
			p.warn("the last backfill, finished at %s, had other rows in a source of the same name and size; events that it sent are not sent again",
				report.Minute(w.Last.Ended))
		case job.AddedFiles:
			p.warn("%s added after the %s began at %s: left out until it has finished", report.Files(w.Files), w.Begun.Command, report.Minute(w.Begun.Began))
		case job.CannotResume:
			p.warn("the %s of %s was stopped and cannot be resumed, so it is replanned; what it sent is not sent again: %v",
				w.Begun.Command, report.Minute(w.Begun.Began), w.Why)
		case job.ReplacesRetry:
			p.warn("the retry of %s was stopped, and this sync replaces it; `ph2cio retry` tries again what is left", report.Minute(w.Begun.Began))
		case job.SourceReplaced:
			p.warn("%s was replaced since it was sent: it is read from the start, and events of it already sent are not sent again", w.Name)
		case job.RejectsMissing:
			if w.Elsewhere > 0 {
				p.warn("%s is missing, so its rejected rows are looked for in %s that may have them", w.Path, report.Files(w.Elsewhere))
				continue
			}
			p.warn("%s is missing, so its rejected rows cannot be tried again; put it back, or run sync to read it under its new name; then retry", w.Path)
		case job.FlagsDiffer:
			p.warnOfFlags(w)
		}
	}
}

func (p *program) warnOfFlags(w job.FlagsDiffer) {
	var changes []string
	for _, one := range w.Changes {
		changes = append(changes, one.String())
	}
	means := ""
	if w.NewRowsOnly {
		means = "; they apply to new rows only; `ph2cio backfill --restart` applies them to all rows"
	}
	p.warn("flags differ from the last run: %s", strings.Join(changes, "; ")+means)
}

// nothingToDo says why there is nothing to do.
func (p *program) nothingToDo(request *job.Request, why *job.Nothing) error {
	switch {
	case why.Done != nil:
		return p.alreadyDone(why.Done)
	case request.Command == job.Retry:
		return p.nothingRejected(why)
	}
	return p.nothingNew(request.Incomplete, why.Known)
}

// alreadyDone says that a backfill has already sent all of this.
func (p *program) alreadyDone(last *ledger.Run) error {
	counters, err := deliver.ReadCounters(last.Counters)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("this backfill finished at %s, with %s and %s sent; this run sent nothing",
		report.Time(last.Ended), report.Plural(counters.Sent(), "event", "events"), report.Plural(counters.People(), "person", "people"))
	switch last.Outcome {
	case ledger.Troubled:
		said += "; some of its files could not be read to the end"
	case ledger.Rejected:
		said += "; `ph2cio status" + p.typedState() + "` shows what was rejected"
	}
	if !p.json && !p.quiet && p.log == nil {
		fmt.Fprintln(p.env.Stdout, terminal.Wrap(terminal.Plain(strings.ToUpper(said[:1])+said[1:]+"."), p.columns(), 0))
		if sync := syncAfter(last); sync != "" {
			fmt.Fprintf(p.env.Stdout, "To send what is new:\n  %s\n", terminal.Plain(sync))
		}
		fmt.Fprintf(p.env.Stdout, "To read everything again and send what is not sent yet:\n  %s\n", terminal.Plain(p.restartCommand()))
	}
	return &finished{code: exit.Done, why: said}
}

// typedState is --state as it was typed, for another command; empty if it was not.
func (p *program) typedState() string {
	if named, ok := commandLineValue(p.args, stateFlag); ok {
		return " --" + stateFlag + " " + escape.Shell(named)
	}
	return ""
}

// nothingRejected says that there is nothing to retry, except perhaps rejected merges and what comes after
// them.
func (p *program) nothingRejected(why *job.Nothing) error {
	if p.json {
		return p.writeSummary(p.env.Stdout, transfer.Nothing(nil), "", nil)
	}
	if err := p.writeFiles(transfer.Nothing(nil), nil); err != nil {
		return err
	}
	text := "Nothing to retry: nothing is rejected."
	var parts []string
	if why.Merges > 0 {
		parts = append(parts, report.Plural(why.Merges, "rejected merge", "rejected merges"))
	}
	if why.Emails > 0 {
		parts = append(parts, report.Plural(why.Emails, "email", "emails")+" to send after a merge")
	}
	if len(parts) > 0 {
		text = "Nothing to retry except " + strings.Join(parts, " and ") + ": add --merges to try " + report.PluralWord(why.Merges+why.Emails, "it", "them") + " again."
	}
	_, err := fmt.Fprintln(p.env.Stdout, text)
	return err
}

// nothingNew says that a sync finds nothing new. known is how many sources it has found and earlier runs have
// read.
func (p *program) nothingNew(incomplete []*source.Incomplete, known int) error {
	if p.json {
		return p.writeSummary(p.env.Stdout, transfer.Nothing(incomplete), "", nil)
	}
	if err := p.writeFiles(transfer.Nothing(incomplete), nil); err != nil {
		return err
	}
	if !p.quiet {
		text := "Nothing new in " + report.Files(known) + ". Nothing was sent."
		if len(incomplete) > 0 {
			text = "Nothing was sent: new files wait until their export is complete. The warning names the missing files."
		}
		fmt.Fprintln(p.env.Stdout, terminal.Wrap(text, p.columns(), 0))
	}
	return nil
}
