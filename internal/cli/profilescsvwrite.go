package cli

import (
	"errors"
	"io"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/transfer"
)

// writeProfiles replaces the file, if there is to be one and it has not been tried yet. Of a run that found nothing to
// send it has only the header.
func (p *program) writeProfiles(s *transfer.Summary) error {
	if !p.profiles.isWanted() || p.profiles.tried {
		return nil
	}
	p.profiles.tried = true
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
	return p.unwritten(profilesCSVFlag, p.profiles.path, ", then run the same command again", err)
}
