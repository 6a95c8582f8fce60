package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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
	err = errors.Join(write(buffered), buffered.Flush(), file.Chmod(mode), file.Sync(), file.Close())
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
