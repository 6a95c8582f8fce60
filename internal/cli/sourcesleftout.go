package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// nothingFound is the error of a run without a source.
func nothingFound(found *foundSources) error {
	switch why := leftOutText(found); {
	case len(found.Strays)+len(found.Downloads)+len(found.Mixed)+len(found.Broken) > 0:
		return &problem{code: exit.Input, err: errors.New("nothing to read: " + strings.Join(why, "; ")),
			hint: "if one of them is an export of events, name that file itself"}
	case found.Excluded > 0:
		return &problem{code: exit.Usage, err: errors.New("nothing to read: --exclude leaves everything out"), hint: "change --exclude"}
	default:
		return &problem{code: exit.Usage, err: errors.New("nothing to read: every file is named by another flag, such as --persons"),
			hint: "name an export of events as SOURCE"}
	}
}

// reportFound says what was found and is not read: files that are not exports in one line, files that were
// perhaps meant to be read in warnings.
func (p *program) reportFound(found *foundSources, bar transfer.Progress) {
	for _, line := range leftOutClauses(found, p.verbose) {
		bar.Say(terminal.Plain(line))
	}
	p.warnOfMixed(found.Mixed)
	if len(found.Broken) > 0 {
		p.warn("%s", brokenLinks(found))
	}
	for _, arg := range found.Not {
		p.warn("%s is named by another flag too, and is not read as a SOURCE", arg)
	}
	if len(found.unusedExcludes) > 0 {
		p.warn("--exclude %s matches no file or directory", shellJoin(found.unusedExcludes))
	}
}

// maxWarnings is how many files the warnings of one kind name one by one.
const maxWarnings = 10

// warnOfMixed warns of files in which only some lines are events.
func (p *program) warnOfMixed(files []source.Mixed) {
	for _, f := range files[:min(len(files), maxWarnings)] {
		how := "to send them, name the file itself"
		if f.Late {
			how = "to send them, put them into a file of their own"
		}
		p.warn("left out: %s: only some of its lines are events (the first is line %d); %s, or leave it out with --exclude %s",
			f.Name, f.Line, how, escape.Shell(source.Base(f.Name)))
	}
	if more := len(files) - maxWarnings; more > 0 {
		p.warn("left out: %s of which only some lines are events", report.Plural(more, "more file", "more files"))
	}
}

// warnOfHalfRows warns of files that end in the middle of a row.
func (p *program) warnOfHalfRows(first *transfer.FirstPass) {
	told := 0
	for _, said := range first.Warnings {
		if !said.Unended {
			continue
		}
		if told++; told <= maxWarnings {
			p.warn("%s: %v: %s", said.Path, said.Err, said.Advice)
		}
	}
	if more := told - maxWarnings; more > 0 {
		p.warn("%s in the middle of a row, which is left out: the next run reads it", report.Plural(more, "more file ends", "more files end"))
	}
}

// warnOfPersons warns of exports of persons that lie beside events, because they may say which IDs are one
// person.
func (p *program) warnOfPersons(first *transfer.FirstPass) {
	for _, said := range first.Warnings {
		if said.Persons {
			p.warn("%s: %v: %s", said.Path, said.Err, said.Advice)
		}
	}
}

// leftOutText says in a few clauses what was found and is not read.
func leftOutText(found *foundSources) []string {
	clauses := leftOutClauses(found, false)
	if len(found.Mixed) > 0 {
		var paths []string
		for _, f := range found.Mixed {
			paths = append(paths, f.Name)
		}
		clauses = append(clauses, "left out: "+fewFiles(paths)+": only some of the lines are events")
	}
	if len(found.Broken) > 0 {
		clauses = append(clauses, brokenLinks(found))
	}
	return clauses
}

// leftOutClauses says what was found and was surely not meant to be read: a clause for each reason, or with
// all one for each file.
func leftOutClauses(found *foundSources, all bool) (clauses []string) {
	for _, paths := range fewOrAll(found.Strays, all) {
		clauses = append(clauses, "left out: "+paths+": not exports")
	}
	for _, paths := range fewOrAll(found.Downloads, all) {
		clauses = append(clauses, "unfinished downloads: "+paths)
	}
	if found.Excluded > 0 {
		clauses = append(clauses, "left out by --exclude: "+excludedText(found))
	}
	return clauses
}

// fewOrAll names the first few files in one text, or with all each file in a text of its own.
func fewOrAll(paths []string, all bool) []string {
	if all || len(paths) == 0 {
		return paths
	}
	return []string{fewFiles(paths)}
}

func excludedText(found *foundSources) string {
	var parts []string
	if n := found.Excluded - found.ExcludedDirectories; n > 0 {
		parts = append(parts, report.Files(n))
	}
	if n := found.ExcludedDirectories; n > 0 {
		parts = append(parts, report.Plural(n, "directory", "directories"))
	}
	return strings.Join(parts, " and ")
}

func brokenLinks(found *foundSources) string {
	return "left out: " + fewFiles(found.Broken) + ": broken links"
}

// fewFiles names the first two files and says how many more there are.
func fewFiles(paths []string) string {
	const shown = 2
	names := slices.Clone(paths[:min(len(paths), shown)])
	for i, path := range names {
		if names[i] = source.Base(strings.TrimSuffix(path, "/")); strings.HasSuffix(path, "/") {
			names[i] += "/"
		}
	}
	text := strings.Join(names, ", ")
	if more := len(paths) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// foundSources are the sources of a run, and what was left out.
type foundSources struct {
	*source.Snapshot
	unusedExcludes []string // globs of --exclude that have left nothing out
}
