package cli

import "io"

// plainJSON writes JSON that may be shown on a terminal: what does not print becomes \uXXXX, which says the same to whoever
// parses it. Each write must be of whole documents.
type plainJSON struct{ to io.Writer }

func (w plainJSON) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.to, plain(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}
