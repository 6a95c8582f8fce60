package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

// find checks the flags and finds the sources of a run.
func (o *mappingOptions) find(now time.Time, args []string) (*foundSources, error) {
	if _, _, err := o.rules(now); err != nil {
		return nil, err
	}
	found, err := o.reading.search(args, o.identity.otherFiles())
	if err != nil {
		err = sourcesProblem(err)
	}
	return found, o.identity.beside(err)
}

// beside returns what is wrong with sources, and with the files that identity flags name. The first of
// several errors says how the program ends: refused credentials come before files that are not there.
func (o *identityOptions) beside(sources error) error {
	others := o.checkFiles()
	if exitCode(others) == exit.Credentials {
		return usageFirst(others, sources)
	}
	return usageFirst(sources, others)
}

// otherFiles are the files that identity flags name, none of which is a source. A file that cannot be found
// is reported where it is read.
func (o *identityOptions) otherFiles() (paths []string) {
	persons, _ := o.personSources()
	for _, one := range persons {
		paths = append(paths, one.Name)
	}
	return append(paths, o.existing, o.exclude)
}

// lister is source.List with the stores that the command can read.
type lister func(args []string, options source.Options) (*source.Snapshot, error)

// all finds the sources of arguments that must all exist, and of which nothing is left out.
func (l lister) all(args []string) ([]source.Source, error) {
	found, err := l(args, source.Options{})
	if err == nil {
		err = found.CheckLinks()
	}
	if err != nil {
		return nil, err
	}
	return found.Sources, nil
}

// list finds what arguments name, in files and in stores.
func (p *program) list(args []string, options source.Options) (*source.Snapshot, error) {
	options.Remote, options.Listings = p.stores.remote, &p.listings
	return source.List(p.ctx, args, options)
}

// remember lets a search use what states know of objects whose names do not say what they are. typed is the
// state directory that was named; without one it is any of the user's, since what is in an object is the same
// for all. Whoever needs a state reports what is wrong with it.
func (o *readingOptions) remember(p *program, typed string) {
	rules := fmt.Sprintf("%s %t %q", version(p.env.Commit).Version, o.acceptDamaged, o.columns)
	o.recognised = job.NewRecognised(rules, func(ctx context.Context) (all []ledger.Recognised) {
		dirs, _ := p.stateDirs(typed)
		for _, dir := range dirs {
			if store, err := openReadOnly(ctx, dir); err == nil {
				found, _ := store.Recognised(ctx)
				all = append(all, found...)
				_ = store.Close()
			}
		}
		return all
	})
}

// rememberNow lets several searches of one command open an object only once to see what it is.
func (o *readingOptions) rememberNow() {
	o.recognised = job.NewRecognised("", func(context.Context) []ledger.Recognised { return nil })
}

// search finds sources. It leaves out what --exclude names, and the files that other flags name.
func (o *readingOptions) search(args, others []string) (*foundSources, error) {
	options, err := o.options()
	if err != nil {
		return nil, usage(err)
	}
	out, err := newExcludeGlobs(o.exclude)
	if err != nil {
		return nil, usage(err)
	}
	var exclude func(name string) bool
	if len(out.globs) > 0 {
		exclude = out.matches
	}
	found, err := o.list(args, source.Options{Recognise: o.recognised.Use(posthog.Recognise(options)), Ours: isOwnFile, Not: others, Exclude: exclude})
	if near := didYouMean(args...); err != nil && near != "" && inputCode(err) == exit.Input {
		err = &problem{err: err, code: exit.Input, hint: near}
	}
	if err != nil {
		return nil, err
	}
	return &foundSources{Snapshot: found, unusedExcludes: out.unused()}, nil
}

// sourcesProblem makes an error one of the input, unless it has an exit code of its own.
func sourcesProblem(err error) error {
	if _, ok := errors.AsType[*problem](err); ok {
		return err
	}
	return &problem{err: err, code: inputCode(err)}
}
