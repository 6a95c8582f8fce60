package cli

import (
	"fmt"

	"ph2cio/internal/exit"
)

// output is a file that is written because a flag names it. What is there must be empty or of the same kind:
// a file of anything else would be lost.
type output struct {
	flag    string
	path    string
	streams bool // it may be a pipe or a device too, which nothing is lost of
}

func (p *program) outputError(flag, path, why, hint string) error {
	return &problem{code: exit.Usage, err: fmt.Errorf("--%s: %s %s", flag, path, why), hint: hint + "; nothing was changed"}
}
