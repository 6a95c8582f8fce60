package cli

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"ph2cio/internal/cli/terminal"
)

// nameOf names a flag, or the setting that gave its value and where that is written.
func (p *program) nameOf(flag string) string {
	return cmp.Or(p.origins[flag], "--"+flag)
}

// namesInText finds flags and settings in the text of an error.
var namesInText = regexp.MustCompile(`(^|[\s(])(--[a-z][a-z0-9-]*|CUSTOMERIO_[A-Z_]*[A-Z])\b( ")?`)

// flagFirst finds a flag at the beginning of a line.
var flagFirst = regexp.MustCompile(`(?m)^--([a-z][a-z0-9-]*)( ")?`)

// withPlaces puts the place of a setting of the mapping file before the lines that begin with its flag, as
// before all that is wrong in that file.
func (p *program) withPlaces(text string) string {
	return flagFirst.ReplaceAllStringFunc(text, func(found string) string {
		name, quote, _ := strings.Cut(strings.TrimPrefix(found, "--"), " ")
		place := p.places[name]
		switch {
		case place == "":
			return found
		case quote != "":
			name += ": "
		}
		return place + ": " + name + quote
	})
}

// asGiven names values in the text of an error by what gave them: --rate becomes PH2CIO_RATE in .env if the
// value came from there, and MAPPING.yaml:2:3: rate at the beginning of a line. So an error can always name a flag as --flag. Text in backquotes is to be typed, and
// stays.
func (p *program) asGiven(text string) string {
	text = replaceNames(p.withPlaces(text), func(name string) string {
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

// placeOnce says only once where two settings are, if both are in the same place.
func placeOnce(text string, places ...string) string {
	for _, place := range places {
		two := regexp.MustCompile(`(CUSTOMERIO_[A-Z_]+)` + regexp.QuoteMeta(place) + ` and (CUSTOMERIO_[A-Z_]+` + regexp.QuoteMeta(place) + ")")
		text = two.ReplaceAllString(text, "$1 and $2")
	}
	return text
}

// replaceNames replaces the flags and settings in a text by what as returns for them; an empty result changes
// nothing. A value in quotes behind such a name is set off with a colon.
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

// urlUserPattern matches what precedes the host of a URL, even of one that was made a path.
var urlUserPattern = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]+:/+)[^\s"]*@`)

// storeURLPattern matches the URL of an object up to the bucket. Its key may have an @.
var storeURLPattern = regexp.MustCompile(`^(?:s3|az|mem)://[^\s"/@]*/`)

// hideURLUsers removes user names and passwords from the URLs in a text.
func hideURLUsers(text string) string {
	return urlUserPattern.ReplaceAllStringFunc(text, func(found string) string {
		if object := storeURLPattern.FindString(found); object != "" {
			return object + hideURLUsers(found[len(object):])
		}
		return urlUserPattern.ReplaceAllString(found, "${1}...@")
	})
}

// warn prints a warning, also when quiet. Values are named by what gave them.
func (p *program) warn(format string, args ...any) {
	p.warnText(p.asGiven(fmt.Sprintf(format, args...)))
}

// warnText is warn for a text that stays as it is.
func (p *program) warnText(text string) {
	if p.file != nil {
		p.file.Warn(terminal.Plain(text))
	}
	if p.log != nil {
		p.log.Warn(terminal.Plain(text))
		return
	}
	p.writeLabelled(p.style(p.env.StderrTerminal).Magenta, "warning: ", terminal.Plain(text))
}
