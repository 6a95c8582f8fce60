package cli

import (
	"errors"
	"io"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/transfer"
)

// summaryDocument is the document of preview, backfill, sync and retry.
type summaryDocument struct {
	*transfer.Summary
	Error *failure `json:"error,omitempty"` // what ended the run early
}

// writeSummary says what happened, for a person or as one JSON document, and writes the files that are wanted
// besides. failed is what ended the run early, if anything; the text does not have it. A run that sends writes no
// text if it is quiet, or if stderr is a log of JSON, whose last record says all of it: stdout may go to the same
// place.
func (p *program) writeSummary(w io.Writer, s *transfer.Summary, title string, failed error) error {
	p.notify.setSummary(s)
	unwritten := p.writeFiles(s, failed)
	if p.json {
		return errors.Join(unwritten, p.writeJSON(w, &summaryDocument{s, p.failureOf(errors.Join(failed, unwritten))}))
	}
	if p.notify != nil && (p.quiet || p.log != nil) {
		return unwritten
	}
	style := p.style(p.env.StdoutTerminal && w == p.env.Stdout)
	var text string
	width := p.columns()
	if w == p.env.Stderr {
		width = p.columnsForPeople()
	}
	if s.Interrupted && p.notify != nil {
		p.paused, text = true, terminal.Paused(s, style, p.columns())
	} else {
		text = terminal.Summary(s, title, style, width, p.notify != nil, !p.nightly())
	}
	_, err := io.WriteString(w, text)
	return errors.Join(unwritten, err)
}

// writeFiles writes the list of profiles and the page of a run, if they are wanted.
func (p *program) writeFiles(s *transfer.Summary, failed error) error {
	unwritten := p.writeProfiles(s)
	return errors.Join(unwritten, p.reportSummary(s, errors.Join(failed, unwritten)))
}

// nightly reports whether the run is one of many, which may lack what a rule of the mapping file is for.
func (p *program) nightly() bool { return p.notify != nil && p.notify.command != "backfill" }
