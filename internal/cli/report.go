package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"ph2cio/internal/cli/webreport"
	"ph2cio/internal/transfer"
)

// The flags for the HTML page of a run.
const (
	reportFlag         = "report"
	reportExamplesFlag = webreport.ExamplesFlag
)

// pageReport is the HTML page of a run, and what is known so far of the run. Without a path there is no page.
type pageReport struct {
	path     string
	examples bool // it may show personal data

	document webreport.Document
	written  bool
}

// addFlags adds the flags of commands that have a page, under a heading of help.
func (r *pageReport) addFlags(f *pflag.FlagSet, group flagGroup) {
	f.StringVar(&r.path, reportFlag, "", "also write all of this to an HTML page; to mail or print it")
	describe(f, reportFlag, group, "FILE", sendsSame, inShort(inspectCommand, previewCommand), onPage(reportTopic), withExtensions("html", "htm"))
	f.BoolVar(&r.examples, reportExamplesFlag, false, "let the page of --report show IDs, emails and raw rows")
	describe(f, reportExamplesFlag, group, "", sendsSame, onPage(reportTopic))
}

// check refuses values that no run can use.
func (r *pageReport) check() error {
	if r.path == stdinSource {
		return fmt.Errorf("--%s needs a file, not -", reportFlag)
	}
	return nil
}

// checkNone refuses a page for a command line that has none, with another flag. One that a setting wants for all
// commands is not written. origin is what gave the value of --report, empty if it was typed.
func (r *pageReport) checkNone(with, origin string) error {
	if r.path == "" || origin != "" {
		return nil
	}
	return errors.New("--" + with + " has no page, so it cannot be used with --" + reportFlag)
}

// level says what the page needs to know of rows and people.
func (r *pageReport) level() transfer.DetailLevel {
	switch {
	case r.path == "":
		return transfer.NoDetails
	case r.examples:
		return transfer.PersonalDetails
	}
	return transfer.PlainDetails
}

// sendsTo notes where a run sends to, and its state directory.
func (r *pageReport) sendsTo(to, state string) { r.document.To, r.document.State = to, state }

// readsState notes the state directory of a preview.
func (r *pageReport) readsState(state string) { r.document.State = state }

// stopsEarly notes that a run has stopped before its end, without an error.
func (r *pageReport) stopsEarly() { r.document.Kind = webreport.Stopped }
