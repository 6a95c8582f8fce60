package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"ph2cio/internal/exit"
)

// checkStreams refuses standard output and standard error that are redirected into a file that is read or
// kept, and keeps even the error out of that file.
func (p *program) checkStreams() error {
	var errs []error
	for _, stream := range []struct {
		name  string
		to    io.Writer
		leave func()
	}{{"standard output", p.env.Stdout, p.discardStdout}, {"standard error", p.screen, p.moveStderr}} {
		file, ok := stream.to.(interface{ Stat() (fs.FileInfo, error) })
		if !ok {
			continue
		}
		info, err := file.Stat()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		is := cmp.Or(p.protected.describeFile(info), p.protected.describeSource(info), p.protected.describeStateFile(info))
		if is == "" {
			continue
		}
		err = &problem{code: exit.Usage, err: fmt.Errorf("%s is redirected into %s", stream.name, is), hint: "redirect it to another file, because this one would be overwritten"}
		errs = append(errs, err)
		stream.leave()
	}
	return errors.Join(errs...)
}

// discardStdout keeps everything out of standard output.
func (p *program) discardStdout() { p.env.setStdout(io.Discard) }

// moveStderr sends what is still to be said, which is the error that ends the run, to standard output.
func (p *program) moveStderr() {
	to := p.env.Stdout
	if p.json {
		to = io.Discard // the document has the error
	}
	p.setScreen(to)
}
