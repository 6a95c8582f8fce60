package cli

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// nameOf is what to call a flag's value: the flag, or the setting that gave it and where that stands.
func (p *program) nameOf(flag string) string {
	return cmp.Or(p.origins[flag], "--"+flag)
}

// namesInText finds flags and settings in the text of an error.
var namesInText = regexp.MustCompile(`(^|[\s(])(--[a-z][a-z0-9-]*|CUSTOMERIO_[A-Z_]*[A-Z])\b( ")?`)

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
				return p.settingOrigin(one)
			}
		}
		return ""
	})
	return placeOnce(text, " in the environment", " in "+p.dotenv.path)
}

// placeOnce says where two settings stand behind the second of them alone, if it is one place.
func placeOnce(text string, places ...string) string {
	for _, place := range places {
		two := regexp.MustCompile(`(CUSTOMERIO_[A-Z_]+)` + regexp.QuoteMeta(place) + ` and (CUSTOMERIO_[A-Z_]+` + regexp.QuoteMeta(place) + ")")
		text = two.ReplaceAllString(text, "$1 and $2")
	}
	return text
}

// replaceNames puts what as returns in the place of the flags and settings in a text; empty leaves one as it
// is. A value in quotes behind such a name is set off, since it does not belong to where the name stands.
func replaceNames(text string, as func(name string) string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = namesInText.ReplaceAllStringFunc(parts[i], func(found string) string {
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

// urlUserPattern is what stands before the host of a URL, also of one that was made a path.
var urlUserPattern = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]+:/+)[^\s"]*@`)

// hideURLUsers takes user names and passwords out of the URLs in a text.
func hideURLUsers(text string) string { return urlUserPattern.ReplaceAllString(text, "${1}...@") }

// warn tells what somebody should know of, also when quiet. Values are named as they were given.
func (p *program) warn(format string, args ...any) {
	p.warnText(p.asGiven(fmt.Sprintf(format, args...)))
}

// warnText is warn for a text that stays as it is.
func (p *program) warnText(text string) {
	if p.log != nil {
		p.log.Warn(plain(text))
		return
	}
	p.writeLabelled(p.style(p.env.StderrTerminal).yellow, "warning: ", plain(text))
}
