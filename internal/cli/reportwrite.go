package cli

import (
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/cli/webreport"
	"ph2cio/internal/customerio"
	"ph2cio/internal/inspect"
	"ph2cio/internal/transfer"
)

// beginReport notes what the page says of the command line.
func (p *program) beginReport(c *cobra.Command, args []string) {
	if p.report.path == "" {
		return
	}
	v := version(p.env.Commit)
	d := &p.report.document
	d.Kind, d.Command, d.Began, d.Examples = webreport.Sent, c.Name(), p.now(), p.report.examples
	if isDryRun(c) || c.Flags().Lookup("yes") == nil {
		d.Kind = webreport.Plan
	}
	for _, arg := range args {
		d.Sources = append(d.Sources, withoutURLSecrets(arg))
	}
	d.People = flagText(c, "people")
	d.Version, d.Commit, d.Platform = v.Version, v.Commit, v.Platform
	d.Words = []string{"ph2cio"}
	for _, word := range withoutPing(p.args) {
		d.Words = append(d.Words, withoutURLSecrets(word))
	}
	d.Settings = p.settingsForReport(c)
}

// settingsForReport lists the flags that were given a value, but not the secret address of --ping-url.
func (p *program) settingsForReport(c *cobra.Command) (all []webreport.Setting) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Changed || f.Hidden || f.Name == pingFlag {
			return
		}
		origin := webreport.CommandLine
		if given := p.origins[f.Name]; given != "" {
			origin = strings.TrimPrefix(given, f.Name+" in ")
		}
		value := withoutURLSecrets(strings.Join(valuesOf(f), ", "))
		all = append(all, webreport.Setting{Flag: f.Name, Value: value, Origin: origin})
	})
	return all
}

// withoutURLSecrets removes names, passwords and signatures from the URLs in a text.
func withoutURLSecrets(text string) string {
	return hideURLUsers(signaturePattern.ReplaceAllString(text, "${1}..."))
}

// reportSummary writes the page of a run or a preview, if there is to be one. failed is what ended it early, if
// anything.
func (p *program) reportSummary(s *transfer.Summary, failed error) error {
	if p.report.path == "" {
		return nil
	}
	d := &p.report.document
	d.Summary, d.Profiles = s, p.profilesForReport(s.Details)
	switch f := p.failureOf(failed); {
	case s.Interrupted:
		d.Kind = webreport.Stopped
	case f != nil:
		d.Kind, d.Failure, d.Hint = webreport.Failed, f.Message, f.Hint
		if answered, ok := errors.AsType[*customerio.APIError](failed); ok {
			d.Answers = answered.Quotes()
		}
	}
	return p.writeReport()
}

// profilesForReport returns what the page says of the profiles of a run.
func (p *program) profilesForReport(d *transfer.Details) *webreport.Profiles {
	if d == nil {
		return nil
	}
	n := d.Profiles
	return &webreport.Profiles{
		New: n.New, Updated: n.Updated, Unknown: n.Unknown, Unchanged: n.Unchanged, Merged: n.Merged, File: p.profiles.path,
	}
}

// reportFailure writes the page of a run that ended between its first pass and its first request, for an error
// that no page has so far.
func (p *program) reportFailure(first *transfer.FirstPass, failed error) error {
	if p.report.path == "" || p.report.written || p.failureOf(failed) == nil || interruption(p.ctx) != nil {
		return nil
	}
	return p.reportSummary(transfer.Unsent(first), failed)
}

// reportInspection writes the page of an inspection, if there is to be one.
func (p *program) reportInspection(in *inspect.Result) error {
	if p.report.path == "" {
		return nil
	}
	d := &p.report.document
	d.Kind, d.Inspection = webreport.Inspected, in
	return p.writeReport()
}

// writeReport replaces the page at once, so that nobody mails half of one.
func (p *program) writeReport() error {
	p.report.written = true
	p.report.document.Ended = p.now()
	err := p.replaceOutput(output{flag: reportFlag, path: p.report.path}, 0o600, func(w io.Writer) error {
		return webreport.Write(w, &p.report.document)
	})
	return p.unwritten(reportFlag, p.report.path, "", err)
}
