package cli

import (
	"errors"
	"fmt"
	"io"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/transfer"
)

// writeProfiles replaces the file, if there is to be one. Of a run that found nothing to send it has only the header.
func (p *program) writeProfiles(s *transfer.Summary) error {
	if !p.profiles.isWanted() {
		return nil
	}
	err := p.replaceOutput(output{flag: profilesCSVFlag, path: p.profiles.path}, 0o600, func(w io.Writer) error {
		table, err := terminal.NewProfileTable(w)
		if err != nil || s.Made == nil {
			return errors.Join(err, table.Flush())
		}
		for one := range s.Made {
			if err := table.Add(&one); err != nil {
				return err
			}
		}
		return table.Flush()
	})
	if _, said := errors.AsType[*problem](err); err == nil || said {
		return err
	}
	return &problem{err: fmt.Errorf("--%s: %w", profilesCSVFlag, err), code: exit.State}
}
