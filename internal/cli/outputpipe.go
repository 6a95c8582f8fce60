package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/regularfile"
)

// openStream opens a pipe or a device. It waits for a pipe that nobody reads yet, until the run is to stop.
func (p *program) openStream(o output) (*os.File, error) {
	info, err := os.Stat(o.path)
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeNamedPipe == 0 {
		return os.OpenFile(o.path, os.O_WRONLY, 0)
	}
	for told := false; ; told = true {
		file, err := os.OpenFile(o.path, os.O_WRONLY|regularfile.NonBlock, 0)
		if !errors.Is(err, syscall.ENXIO) {
			return file, err
		}
		if !told {
			fmt.Fprintln(p.env.Stderr, terminal.Plain(fmt.Sprintf("waiting for a program that reads %s (%s)", o.path, p.nameOf(o.flag))))
		}
		select {
		case <-p.ctx.Done():
			return nil, context.Cause(p.ctx)
		case <-time.After(pipePollInterval):
		}
	}
}

// pipePollInterval is the time between two attempts to open a pipe that nobody reads yet.
const pipePollInterval = 50 * time.Millisecond
