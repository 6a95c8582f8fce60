package cli

import (
	"cmp"
	"errors"
	"regexp"
	"strings"

	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
)

// named is what to call a flag's value: the flag, or the setting that gave it and where that stands.
func (p *program) named(flag string) string {
	return cmp.Or(p.origins[flag], "--"+flag)
}

// errorText is what to tell of an error: values as they were given, and what named a state directory that
// cannot be used.
func (p *program) errorText(err error) string {
	text := p.asGiven(hideUsers(err.Error()))
	_, directory := errors.AsType[*export.StateError](err)
	_, database := errors.AsType[*ledger.Trouble](err)
	if named := p.origins["state"]; named != "" && (directory || database || errors.Is(err, errLink) || errors.Is(err, errNoDirectory)) {
		text += " (" + named + ")"
	}
	return text
}

// inText finds flags and settings in the text of an error.
var inText = regexp.MustCompile(`(^|[\s(])(--[a-z][a-z0-9-]*|CUSTOMERIO_[A-Z_]*[A-Z])\b( ")?`)

// asGiven names values in the text of an error as they were given: --rate becomes PH2CIO_RATE in .env if its
// value came from there. All errors name a flag as --flag, whoever finds them. What stands in backquotes is
// to be typed, and stays.
func (p *program) asGiven(text string) string {
	text = replaceNames(text, func(name string) string {
		if flag, is := strings.CutPrefix(name, "--"); is {
			return p.origins[flag]
		}
		for _, one := range []string{name, name + "_FILE"} {
			if p.setting(one) != "" {
				return p.from(one)
			}
		}
		return ""
	})
	return sayOnce(text, " in the environment", " in "+p.dotenv.path)
}

// sayOnce says where two settings stand behind the second of them alone, if it is one place.
func sayOnce(text string, places ...string) string {
	for _, place := range places {
		two := regexp.MustCompile(`(CUSTOMERIO_[A-Z_]+)` + regexp.QuoteMeta(place) + ` and (CUSTOMERIO_[A-Z_]+` + regexp.QuoteMeta(place) + ")")
		text = two.ReplaceAllString(text, "$1 and $2")
	}
	return text
}

// hint is what to do about an error, empty for nothing.
func (p *program) hint(err error) string { return p.advice(err, hintOf(err)) }

// advice is what to do about an error, with flags named as they were given, but for a command to type, which
// ends it.
func (p *program) advice(err error, text string) string {
	if text == seeHelp {
		return p.helpHint()
	}
	text = hideUsers(text)
	if source, ok := errors.AsType[*posthog.SourceError](err); ok && strings.HasSuffix(text, hideUsers(source.Advice)) {
		return text // it has flags with values, to type
	}
	advice, command, typed := strings.Cut(text, ": ph2cio ")
	advice = replaceNames(advice, func(name string) string { return p.origins[strings.TrimPrefix(name, "--")] })
	if typed {
		advice += ": ph2cio " + command
	}
	return advice
}

// replaceNames puts what as returns in the place of the flags and settings in a text; empty leaves one as it
// is. A value in quotes behind such a name is set off, since it does not belong to where the name stands.
func replaceNames(text string, as func(name string) string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = inText.ReplaceAllStringFunc(parts[i], func(found string) string {
			name := strings.Trim(found, " \t\r\n(\"")
			before, behind, _ := strings.Cut(found, name)
			given := as(name)
			switch {
			case given == "":
				return found
			case behind != "":
				given += ":"
			}
			return before + given + behind
		})
	}
	return strings.Join(parts, "`")
}

// userInfo is what stands before the host of a URL, also of one that was made a path.
var userInfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]+:/+)[^\s"]*@`)

// hideUsers takes user names and passwords out of the URLs in a text.
func hideUsers(text string) string { return userInfo.ReplaceAllString(text, "${1}...@") }
