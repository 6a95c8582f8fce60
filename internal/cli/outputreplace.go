package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"ph2cio/internal/diskspace"
	"ph2cio/internal/durable"
	"ph2cio/internal/exit"
	"ph2cio/internal/leftovers"
)

// checkReplaced refuses an output that must not be written, or that could not be replaced at the end. hint says
// what to name instead.
func (p *program) checkReplaced(o output, hint string) error {
	err := p.checkOutput(o)
	if err == nil {
		if err = tryWriting(filepath.Dir(resolved(o.path))); err != nil {
			err = &problem{code: exit.Usage, err: fmt.Errorf("%s: %w", p.nameOf(o.flag), err), hint: hint}
		}
	}
	return err
}

// replaceOutput replaces a file at once by what write writes, so that a reader sees all of the old text or all of
// the new. The file is checked once more just before it is replaced.
func (p *program) replaceOutput(o output, mode fs.FileMode, write func(io.Writer) error) (err error) {
	place := resolved(o.path)
	begins := "." + filepath.Base(place) + "."
	leftovers.Remove(filepath.Dir(place), leftovers.Pattern{Before: begins, Age: leftovers.Brief})
	file, err := os.CreateTemp(filepath.Dir(place), begins+"*")
	if err != nil {
		return err
	}
	leftovers.Lock(file)
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	buffered := bufio.NewWriterSize(file, 64<<10)
	if err = write(buffered); err == nil {
		err = buffered.Flush() // it would say the same again
	}
	err = errors.Join(named(err, o.path), file.Chmod(mode), file.Sync(), file.Close())
	if err == nil {
		p.protected.lookForSources()
		err = p.checkOutput(o)
	}
	if err != nil {
		return err
	}
	if err = os.Rename(file.Name(), place); err != nil { // replaces a link in its place, and never follows it
		return err
	}
	return durable.Names(filepath.Dir(place))
}

// named is the error of writing a file, by the name that somebody gave and not by the temporary one.
func named(err error, name string) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: failed.Op, Path: name, Err: failed.Err}
	}
	return err
}

// unwritten is the error of an output that could not be written at the end of a run. again says what writes it.
func (p *program) unwritten(flag, path, again string, err error) error {
	if _, said := errors.AsType[*problem](err); err == nil || said {
		return err
	}
	hint := ""
	if diskspace.IsFull(err) {
		hint = "free disk space in " + filepath.Dir(path) + again
	}
	return &problem{err: fmt.Errorf("--%s: %w", flag, err), code: exit.State, hint: hint}
}
