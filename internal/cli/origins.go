package cli

import (
	"cmp"
	"errors"
	"regexp"
	"strings"

	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
)

// named is what to call a flag's value: the flag, or the setting that gave it and where that stands.
func (p *program) named(flag string) string {
	return cmp.Or(p.origins[flag], "--"+flag)
}

// errorText is what to tell of an error: values as they were given, and what named a state directory that cannot be used.
func (p *program) errorText(err error) string {
	text := p.asGiven(err.Error())
	_, directory := errors.AsType[*export.StateError](err)
	_, database := errors.AsType[*ledger.Trouble](err)
	if named := p.origins["state"]; named != "" && (directory || database || errors.Is(err, errLink) || errors.Is(err, errNoDirectory)) {
		text += " (" + named + ")"
	}
	return text
}

// inText finds flags and settings in the text of an error.
var inText = regexp.MustCompile(`(^|[\s(])(--[a-z][a-z0-9-]*|CUSTOMERIO_[A-Z_]*[A-Z])\b`)

// asGiven names values in the text of an error as they were given: --rate becomes PH2CIO_RATE in .env if its value came from there.
// All errors name a flag as --flag, whoever finds them. What stands in backquotes is to be typed, and stays.
func (p *program) asGiven(text string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = inText.ReplaceAllStringFunc(parts[i], func(found string) string {
			name := strings.TrimLeft(found, " \t\r\n(")
			before := found[:len(found)-len(name)]
			if flag, is := strings.CutPrefix(name, "--"); is {
				return before + p.named(flag)
			}
			if p.setting(name) == "" {
				return found
			}
			return before + p.from(name)
		})
	}
	return strings.Join(parts, "`")
}
