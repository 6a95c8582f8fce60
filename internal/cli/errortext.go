package cli

import (
	"errors"
	"slices"
	"strings"

	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer"
)

// hint says what to do about an error, empty for nothing.
func (p *program) hint(err error) string { return p.advice(err, hintOf(err)) }

// advice is the hint of an error, given its text. It names flags by the settings that gave their values, but
// not in a command to type, which comes last.
func (p *program) advice(err error, text string) string {
	if text == seeHelp {
		return p.helpHint()
	}
	text = hideURLUsers(text)
	if source, ok := errors.AsType[*posthog.SourceError](err); ok && strings.HasSuffix(text, hideURLUsers(source.Advice)) {
		return text // it names flags with values, to be typed as they are
	}
	advice, command, typed := strings.Cut(text, ": ph2cio ")
	advice = replaceNames(advice, func(name string) string { return p.origins[strings.TrimPrefix(name, "--")] })
	if typed {
		advice += ": ph2cio " + command
	}
	return advice
}

// errorText is the text of an error. It names values by what gave them, and adds the setting that named a
// state directory which cannot be used.
func (p *program) errorText(err error) string {
	text := saidOnce(p.asGiven(hideURLUsers(err.Error())))
	_, directory := errors.AsType[*transfer.StateError](err)
	_, database := errors.AsType[*ledger.StateError](err)
	if named := p.origins["state"]; named != "" && (directory || database || errors.Is(err, errLink) || errors.Is(err, errNoDirectory)) {
		text += " (" + named + ")"
	}
	return text
}

// saidOnce leaves out lines that have been there before: a full disk fails all that is written to it.
func saidOnce(text string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
