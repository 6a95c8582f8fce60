package cli

import (
	"fmt"
	"os"

	"ph2cio/internal/exit"
)

// output is a file that is written because a flag names it. A file that exists must be empty or of the same
// kind, so that nothing else is lost.
type output struct {
	flag    string
	path    string
	streams bool // it may also be a pipe or a device, where nothing can be lost

	continued bool // what it holds stays, and more is added
}

// appends is a flag of os.OpenFile: each write to an output that is continued goes to its end.
func (o *output) appends() int {
	if o.continued {
		return os.O_APPEND
	}
	return 0
}

// outputError is the error that refuses an output.
func (p *program) outputError(flag, path, why, hint string) error {
	return &problem{code: exit.Usage, err: fmt.Errorf("--%s: %s %s", flag, path, why), hint: hint + "; nothing was changed"}
}
