package webreport

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"ph2cio/internal/escape"
	"ph2cio/internal/redact"
)

// How much of a text from outside is shown, in characters.
const (
	mostOfName = 80
	mostOfPath = 160
	mostOfText = 600
)

// Texts of the page are plain strings, in which these characters set off what the templates mark up. Text
// from outside never has them, because shown escapes all control characters.
const (
	codeStart = "\x01" // something to type, or as a file has it
	nameStart = "\x02" // a name from outside, which may be in a script that runs from right to left
	strong    = "\x03"
	markEnd   = "\x04"
	longStart = "\x05" // like codeStart, but so long that it must be broken into lines
)

// span is a part of a text.
type span struct {
	Text string
	Mark string // code, long, name, strong, or empty
}

var markNames = map[byte]string{codeStart[0]: "code", longStart[0]: "long", nameStart[0]: "name", strong[0]: "strong"}

// spans cuts a text into its parts. Marks do not nest.
func spans(text string) (all []span) {
	for text != "" {
		i := strings.IndexAny(text, codeStart+longStart+nameStart+strong)
		if i < 0 {
			return append(all, span{Text: together(text)})
		}
		if i > 0 {
			all = append(all, span{Text: together(text[:i])})
		}
		marked, rest, _ := strings.Cut(text[i+1:], markEnd)
		all = append(all, span{Text: marked, Mark: markNames[text[i]]})
		text = rest
	}
	return all
}

// numberWord matches a number before what it counts.
var numberWord = regexp.MustCompile(`([0-9]) (\pL)`)

// together keeps a number and its word on one line.
func together(text string) string { return numberWord.ReplaceAllString(text, "$1\u00a0$2") }

// plain is a text without its marks, for where nothing can be marked up.
func plain(text string) string {
	return strings.NewReplacer(codeStart, "", longStart, "", nameStart, "", strong, "", markEnd, "").Replace(text)
}

// shown makes text from outside safe to show on a line: what does not print is escaped, and what is long is
// cut.
func shown(text string, most int) string {
	const longestEscape = 12 // of one character
	if n := most * longestEscape; len(text) > 2*n {
		text = text[:n] + text[len(text)-n:] // so that a name of many megabytes costs little
	}
	text = strings.ReplaceAll(escape.Text(text), "\n", `\u000a`)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	runes := []rune(text)
	end := most / 4
	return string(runes[:most-end-1]) + "…" + string(runes[len(runes)-end:])
}

// name shows a name of an event, a property or somebody.
func name(text string) string {
	if text == "" {
		return nameStart + `""` + markEnd
	}
	return nameStart + shown(text, mostOfName) + markEnd
}

// pathText shows the path or the URL of a file.
func pathText(path string) string {
	return nameStart + shown(withoutSecrets(path), mostOfPath) + markEnd
}

// message shows a sentence from outside, such as an error.
func message(text string) string { return shown(withoutSecrets(text), mostOfText) }

// place shows where a row stands.
func place(file string, line, row int64) string {
	switch {
	case file == "":
		return ""
	case line > 0:
		return nameStart + fmt.Sprintf("%s:%d", shown(withoutSecrets(file), mostOfPath), line) + markEnd
	case row > 0:
		return pathText(file) + fmt.Sprintf(" row %d", row)
	}
	return pathText(file)
}

func code(text string) string { return codeStart + text + markEnd }

// typed shows something to type, such as a command.
func typed(words string) string {
	return longStart + shown(withoutSecrets(words), 4*mostOfText) + markEnd
}

// flagPattern matches a flag with its value, or a command in backquotes, in the words of this program.
var flagPattern = regexp.MustCompile("`[^`]+`" + `|--[a-z][a-z-]*( ([A-Z]+(\.\.[A-Z]+)?|_|never|send|all|identified|id))?`)

// withFlags marks the flags in words of this program.
func withFlags(words string) string {
	return flagPattern.ReplaceAllStringFunc(words, func(found string) string { return code(strings.Trim(found, "`")) })
}

var secrets = redact.New(nil)

// withoutSecrets redacts the secrets in URLs.
func withoutSecrets(text string) string {
	if !redact.Maybe([]byte(text)) {
		return text
	}
	if out, found := secrets.Append(nil, []byte(text)); found {
		return string(out)
	}
	return text
}
