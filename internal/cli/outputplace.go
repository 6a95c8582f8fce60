package cli

import (
	"os"
	"path/filepath"
)

// checkPlace refuses an output that is not there yet where there is no directory to make it in.
func (p *program) checkPlace(o output) error {
	dir := filepath.Dir(o.path)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	return p.refuseOutput(o.flag, o.path, "cannot be written: there is no directory "+dir, "name a file in a directory that is there")
}
