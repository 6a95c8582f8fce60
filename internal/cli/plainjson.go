package cli

import (
	"io"

	"ph2cio/internal/cli/terminal"
)

// plainJSON writes JSON that is safe to show on a terminal. Characters that do not print become \uXXXX, which
// a parser reads as the same. Each write must be of whole documents.
type plainJSON struct{ to io.Writer }

func (w plainJSON) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.to, terminal.Plain(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}
