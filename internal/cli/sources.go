package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// foundSources are the sources of a run, and what is left out.
type foundSources struct {
	*posthog.Found
	unused []string // globs of --exclude that have left nothing out
	all    bool     // all that is left out is to be named
}

// find finds the sources of a run, once the flags are right.
func (o *mappingOptions) find(now time.Time, args []string) (*foundSources, error) {
	if _, _, err := o.rules(now); err != nil {
		return nil, err
	}
	found, err := o.reading.search(args, o.identity.otherFiles())
	if err != nil {
		err = sourcesProblem(err)
	}
	return found, usageFirst(err, o.identity.missing())
}

// planFound is a plan for what was found. That there is no source is told after what is wrong with other files.
func (p *program) planFound(now time.Time, o *mappingOptions, tmp string, found *foundSources) (*export.Plan, error) {
	plan, err := p.planOf(now, o, tmp, found.Sources)
	if err == nil && len(found.Sources) == 0 {
		return nil, nothingFound(found)
	}
	return plan, err
}

// otherFiles are the files that identity flags name: none of them is a source. What cannot be found is told where it is read.
func (o *identityOptions) otherFiles() (paths []string) {
	persons, _ := posthog.Find(o.persons)
	for _, source := range persons {
		paths = append(paths, source.Path)
	}
	return append(paths, o.existing, o.exclude)
}

// search finds sources, without those that --exclude names and the other files that flags name.
func (o *readingOptions) search(args, others []string) (*foundSources, error) {
	options, err := o.options()
	if err != nil {
		return nil, usage(err)
	}
	out, err := newExcluding(o.exclude)
	if err != nil {
		return nil, usage(err)
	}
	found, err := posthog.Search(args, posthog.SearchOptions{Read: options, Exclude: out.has, Ours: isOurs, Not: others})
	if err != nil {
		return nil, err
	}
	return &foundSources{Found: found, unused: out.unused()}, nil
}

// excluding are the globs of --exclude, and which of them have left something out.
type excluding struct {
	globs []mapping.Globs // of one each
	used  []bool
}

func newExcluding(patterns []string) (*excluding, error) {
	x := &excluding{}
	all, err := mapping.NewGlobs("exclude", patterns)
	for _, one := range all {
		x.globs, x.used = append(x.globs, mapping.Globs{one}), append(x.used, false)
	}
	return x, err
}

// has reports whether a name is left out. One with a slash behind it is that of a directory, and meets only globs that have one.
func (x *excluding) has(name string) (out bool) {
	directory := strings.HasSuffix(name, "/")
	for i, glob := range x.globs {
		if (!directory || strings.HasSuffix(glob[0], "/")) && glob.Match(name) {
			out, x.used[i] = true, true
		}
	}
	return out
}

// unused are the globs that no name has matched.
func (x *excluding) unused() (globs []string) {
	for i, glob := range x.globs {
		if !x.used[i] {
			globs = append(globs, glob[0])
		}
	}
	return globs
}

// isOurs reports whether a file is one that we keep in a state directory, or a file of metrics: either may lie in a directory of
// exports.
func isOurs(path string) bool {
	dir, name := filepath.Split(path)
	if name == export.RejectsName || ledger.Keeps(name) {
		return begins(filepath.Join(dir, ledger.FileName), sqliteMagic)
	}
	return filepath.Ext(name) == metricsExtension && begins(path, "# HELP ph2cio_")
}

// metricsExtension is what node_exporter reads of its directory.
const metricsExtension = ".prom"

const sqliteMagic = "SQLite format 3\x00"

// begins reports whether a regular file begins with a text.
func begins(path, text string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, len(text))
	n, _ := file.Read(head)
	return bytes.Equal(head[:n], []byte(text))
}

// nothingFound says why there is no source.
func nothingFound(found *foundSources) error {
	switch why := leftOutText(found); {
	case len(found.Strays)+len(found.Downloads)+len(found.Mixed)+len(found.Broken) > 0:
		return &problem{code: exitInput, err: errors.New("there is nothing to read: " + strings.Join(why, "; ")),
			hint: "name a file itself if it is an export of events all the same"}
	case found.Excluded > 0:
		return &problem{code: exitUsage, err: errors.New("there is nothing to read: --exclude leaves everything out"), hint: "look at --exclude"}
	default:
		return &problem{code: exitUsage, err: errors.New("there is nothing to read: every file is given with another flag, such as --persons"),
			hint: "name an export of events as SOURCE"}
	}
}

// sourcesProblem is the error that sources could not be found.
func sourcesProblem(err error) error {
	if _, ok := errors.AsType[*problem](err); ok {
		return err
	}
	return &problem{err: err, code: exitInput}
}

// tellOfFound says what was found and is not read: what is no export in one line, what somebody may have meant to be read in
// warnings.
func (p *program) tellOfFound(found *foundSources, bar export.Progress) {
	found.all = p.verbose
	for _, line := range leftAside(found) {
		bar.Say(plain(line))
	}
	p.warnOfMixed(found.Mixed)
	if len(found.Broken) > 0 {
		p.warn("%s", brokenLinks(found))
	}
	for _, arg := range found.Not {
		p.warn("%s is given with another flag too, and is no SOURCE", arg)
	}
	if len(found.unused) > 0 {
		p.warn("--exclude leaves nothing out with %s: no file or directory has such a name", shellJoin(found.unused))
	}
}

// mostWarnings is how many files a warning of one kind is told of one by one.
const mostWarnings = 10

// warnOfMixed names the files of which only some lines are events.
func (p *program) warnOfMixed(files []posthog.MixedFile) {
	for _, f := range files[:min(len(files), mostWarnings)] {
		how := "name it itself to send them"
		if f.Late {
			how = "put them into a file of their own to send them"
		}
		p.warn("left out: %s: only some of its lines are events (the first is line %d): %s, or leave it out with --exclude %s",
			f.Path, f.Line, how, shellQuote(filepath.Base(f.Path)))
	}
	if more := len(files) - mostWarnings; more > 0 {
		p.warn("left out: %d more files of which only some lines are events", more)
	}
}

// warnOfHalfRows names the files that end in the middle of a row.
func (p *program) warnOfHalfRows(l *export.Learned) {
	told := 0
	for _, said := range l.Said {
		if !said.Unended {
			continue
		}
		if told++; told <= mostWarnings {
			p.warn("%s: %v: %s", said.Path, said.Err, said.Hint)
		}
	}
	if more := told - mostWarnings; more > 0 {
		p.warn("%d more files end with a row that has no end yet and is left out: the next run reads it", more)
	}
}

// warnOfPersons names the exports of persons that were found beside events: who is who may hang on them.
func (p *program) warnOfPersons(l *export.Learned) {
	for _, said := range l.Said {
		if said.Persons {
			p.warn("%s: %v: %s", said.Path, said.Err, said.Hint)
		}
	}
}

// leftOutText says what was found and is not read, in a few clauses.
func leftOutText(found *foundSources) []string {
	clauses := leftAside(found)
	if len(found.Mixed) > 0 {
		var paths []string
		for _, f := range found.Mixed {
			paths = append(paths, f.Path)
		}
		clauses = append(clauses, "left out: "+fewFiles(paths)+": only some of the lines are events")
	}
	if len(found.Broken) > 0 {
		clauses = append(clauses, brokenLinks(found))
	}
	return clauses
}

// leftAside says what nobody can have meant to be read, a clause for each reason, or for each file.
func leftAside(found *foundSources) (clauses []string) {
	for _, paths := range found.together(found.Strays) {
		clauses = append(clauses, "left out: "+paths+": not exports")
	}
	for _, paths := range found.together(found.Downloads) {
		clauses = append(clauses, "not finished downloads: "+paths)
	}
	if found.Excluded > 0 {
		clauses = append(clauses, "left out by --exclude: "+excludedText(found))
	}
	return clauses
}

// together names files in one text, or all of them in one each.
func (f *foundSources) together(paths []string) []string {
	if f.all || len(paths) == 0 {
		return paths
	}
	return []string{fewFiles(paths)}
}

func excludedText(found *foundSources) string {
	var parts []string
	if n := found.Excluded - found.ExcludedDirectories; n > 0 {
		parts = append(parts, files(n))
	}
	if n := found.ExcludedDirectories; n > 0 {
		parts = append(parts, several(int64(n), "directory", "directories"))
	}
	return strings.Join(parts, " and ")
}

func brokenLinks(found *foundSources) string {
	return "left out: " + fewFiles(found.Broken) + ": what a link leads to is missing"
}

// fewFiles names the first two of some files, and says how many more there are.
func fewFiles(paths []string) string {
	const shown = 2
	names := slices.Clone(paths[:min(len(paths), shown)])
	for i, path := range names {
		if names[i] = filepath.Base(path); strings.HasSuffix(path, "/") {
			names[i] += "/"
		}
	}
	text := strings.Join(names, ", ")
	if more := len(paths) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
