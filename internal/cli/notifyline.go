package cli

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// writeLine says in one line how the run went, for a log. On a terminal it is left out, because the summary
// just above says it. When quiet it is written only if something went wrong and no document on stdout says
// so.
func (w *notifier) writeLine(code int, took time.Duration) {
	p := w.p
	switch {
	case p.quiet && (code == exit.Done || p.json):
	case p.log != nil:
		p.log.Log(context.Background(), levelOf(code), "ended: "+outcomeText(code), w.endFields(code, took)...)
	case p.quiet || !p.env.StderrTerminal:
		fmt.Fprintln(p.screen, terminal.OneLine(w.lineText(code, took)))
	}
}

func (w *notifier) lineText(code int, ran time.Duration) string {
	head := endText(w.command, code, ran) + ": "
	s := w.summary
	if s == nil {
		return head + "nothing was sent"
	}
	parts := []string{rowsText(&s.Rows), report.Plural(s.People.Sent, "person", "people") + " sent"}
	if n := deliver.Sum(s.People.Rejected); n > 0 {
		parts = append(parts, fmt.Sprintf("%s rejected (%s)", report.Plural(n, "person", "people"), terminal.ReasonsBesideTotal(s.People.Rejected)))
	}
	if n := deliver.Sum(s.MergesRejected); n > 0 {
		parts = append(parts, fmt.Sprintf("%s rejected (%s)", report.Plural(n, "merge", "merges"), terminal.ReasonsBesideTotal(s.MergesRejected)))
	}
	parts = append(parts, report.Plural(s.Requests, "request", "requests")+", "+report.Bytes(s.Bytes))
	parts = append(parts, troubles(s)...)
	if s.Rejects != "" {
		parts = append(parts, "rejects in "+s.Rejects)
	}
	if s.Next != "" {
		parts = append(parts, "next: "+s.Next)
	}
	return head + strings.Join(parts, "; ")
}

// troubles lists the sources that could not be read to the end, and why.
func troubles(s *transfer.Summary) (all []string) {
	for _, source := range s.Sources {
		if source.Trouble != "" {
			all = append(all, source.Path+": "+source.Trouble)
		}
	}
	return all
}

// rowsText names what became of the rows, without what became of none.
func rowsText(r *transfer.Rows) string {
	parts := []string{report.Plural(r.Read, "row", "rows") + " read", report.Count(r.Sent) + " sent"}
	for _, bucket := range []struct {
		n    int64
		name string
	}{
		{r.Person, "for the profile only"}, {deliver.Sum(r.Skipped), "left out"}, {r.Duplicate, report.PluralWord(r.Duplicate, "duplicate", "duplicates")},
		{r.Earlier, "already sent"}, {r.Unsent - r.Unanswered, "queued, not sent"}, {r.Unanswered, "sent, no answer"},
	} {
		if bucket.n > 0 {
			parts = append(parts, report.Count(bucket.n)+" "+bucket.name)
		}
	}
	if n := deliver.Sum(r.Rejected); n > 0 {
		parts = append(parts, fmt.Sprintf("%s rejected (%s)", report.Count(n), terminal.ReasonsBesideTotal(r.Rejected)))
	}
	return strings.Join(parts, ", ")
}

// endFields are the fields of the record that a command ended. A nil notifier knows only the first ones.
func (w *notifier) endFields(code int, took time.Duration) []any {
	fields := []any{"exit_code", code, "seconds", float64(took.Milliseconds()) / 1000}
	if w != nil && w.summary != nil {
		s := w.summary
		r := s.Rows
		fields = append(fields,
			slog.Group("rows", "read", r.Read, "sent", r.Sent, "person", r.Person, "skipped", deliver.Sum(r.Skipped), "rejected", deliver.Sum(r.Rejected),
				"duplicate", r.Duplicate, "earlier", r.Earlier, "unsent", r.Unsent),
			slog.Group("people", "sent", s.People.Sent, "rejected", deliver.Sum(s.People.Rejected)),
			"requests", s.Requests, "retries", s.Retries, "bytes", s.Bytes)
		fields = append(fields, optionalField("reasons", r.Rejected, len(r.Rejected))...)
		all := troubles(s)
		fields = append(fields, optionalField("trouble", all, len(all))...)
		fields = append(fields, optionalField("rejects", s.Rejects, len(s.Rejects))...)
		fields = append(fields, optionalField("next", s.Next, len(s.Next))...)
	}
	return fields
}

// endText is how a command ended, in a few words.
func endText(command string, code int, took time.Duration) string {
	outcome := "done in"
	if code != exit.Done {
		outcome = fmt.Sprintf("ended with exit code %d after", code)
	}
	return fmt.Sprintf("%s: %s %s", command, outcome, report.Elapsed(took.Seconds()))
}
