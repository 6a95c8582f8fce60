package cli

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// failure is an error as programs read it, under --json.
type failure struct {
	Message string `json:"message"`
	Code    int    `json:"code"` // the exit code
	Hint    string `json:"hint,omitempty"`
}

// errorDocument is the document of a command that failed before it had another one.
type errorDocument struct {
	Error *failure `json:"error"`
}

// failureOf is nil if nothing failed, or if the result itself says what did.
func (p *program) failureOf(err error) *failure {
	if err == nil || isFinished(err) {
		return nil
	}
	return &failure{Message: p.errorText(err), Code: exitCode(err), Hint: p.hint(err)}
}

// writeJSON writes the one document of a command with --json.
func (p *program) writeJSON(w io.Writer, document any) error {
	p.wroteJSON = true
	if p.env.Documents != nil {
		p.env.Documents(document)
	}
	if w == p.env.Stderr {
		if p.file != nil && p.file.records {
			p.file.Info("result", "document", document)
		}
		if p.log != nil {
			p.log.Info("result", "document", document) // a record, like everything in a log
			return nil
		}
		w = p.screen
	}
	encoder := json.NewEncoder(plainJSON{w})
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}

// writeFailure makes sure that a program which asked for JSON gets a document, even from a command that ended
// before it had one to write. Errors of writing it are ignored, because the error itself is already on
// stderr.
func (p *program) writeFailure(err error, args []string) {
	if p.wroteJSON || !p.wantsJSON(args) {
		return
	}
	f := p.failureOf(err)
	if f == nil {
		f = &failure{Message: err.Error(), Code: exitCode(err)}
	}
	_ = p.writeJSON(p.resultsWriter(), &errorDocument{f})
}

// resultsWriter is where results go: stdout, unless operations are written there.
func (p *program) resultsWriter() io.Writer {
	if p.stdoutHasOperations {
		return p.env.Stderr
	}
	return p.env.Stdout
}

// wantsJSON also finds a --json that was not parsed because of a mistake before it.
func (p *program) wantsJSON(args []string) bool {
	for _, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--json="); ok {
			on, _ := strconv.ParseBool(value)
			return on
		}
		if arg == "--json" {
			return true
		}
	}
	on, _ := strconv.ParseBool(p.setting(variable("json")))
	return p.json || on
}
