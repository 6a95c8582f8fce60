package mappingfile

import (
	"regexp"
	"strings"

	"ph2cio/internal/expression"
)

// quoted shows how a text is written in quotes, if it is not long.
func quoted(text string) string {
	switch {
	case len(text) > 80:
		return "'...'"
	case strings.Contains(text, "'") && !strings.ContainsAny(text, `"\`):
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// withBraces returns a text that is an expression. Of {{ }}, which other programs have, one pair goes.
func withBraces(inside string) string {
	if strings.HasPrefix(inside, "{") && strings.HasSuffix(inside, "}") {
		return inside
	}
	return "{" + inside + "}"
}

// maxRepair bounds the texts for which repairs are looked for, since that takes time.
const maxRepair = 300 // bytes

// repaired says what is wrong with a text whose quotes are missing or wrong, and how the key with it is
// written. rest begins with the text. In brackets it ends before a comma or bracket, else with the line.
func repaired(key, rest string, brackets bool) (what, repair string) {
	what = "this text must be in quotes"
	if rest == "" || len(rest) > maxRepair {
		return what, withKey(key, "'...'")
	}
	text, inside := meantText(rest, brackets)
	if text == "" {
		return what, ""
	}
	if inside {
		what = "this text has quotes inside its quotes"
	}
	if key == "when" {
		if condition := withoutBraces(text); condition != "" {
			return whenWithoutBraces, whenWritten(condition, brackets)
		}
		return what, withKey(key, quoted(text))
	}
	first := 0
	if !inside && (text[0] == '"' || text[0] == '\'') {
		first = quotedSize(text)
	}
	if _, err := expression.Compile(text, expression.EventScope); err == nil && first > 0 {
		text = "{" + text + "}" // as "a" + "b"
	} else if first > 0 {
		text = text[1:first-1] + text[first:] // as "Plan" {properties.plan}
	}
	return what, withKey(key, quoted(text))
}

func withKey(key, value string) string {
	if key == "" {
		return value
	}
	return key + ": " + value
}

// meantText returns the text that begins here, and whether quotes stand around it, which are left out.
func meantText(rest string, brackets bool) (text string, inside bool) {
	if (rest[0] == '"' || rest[0] == '\'') && !severalTexts(rest) {
		if end := endOf(rest[1:], func(behind string) bool {
			return behind[0] == rest[0] && endsText(strings.TrimLeft(behind[1:], " "), brackets)
		}); end < len(rest)-1 {
			return rest[1 : 1+end], true
		}
	}
	return strings.TrimSpace(rest[:endOf(rest, func(behind string) bool { return endsText(behind, brackets) })]), false
}

// severalTexts reports whether a text in quotes is only the beginning, as in "a" + "b", and not one that has
// quotes in it, as in "{properties.plan + " plan"}".
func severalTexts(rest string) bool {
	first := rest[:quotedSize(rest)]
	return first != "" && strings.HasPrefix(rest[len(first):], " ") && strings.Count(first, "{") == strings.Count(first, "}")
}

// endOf returns the first place outside expressions and lists for which ends is true; the whole length without one.
func endOf(text string, ends func(behind string) bool) int {
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '{':
			if expression, err := inBraces(text[at:]); err == nil {
				at += len(expression) + 1
				continue
			}
		case '[':
			if list := upToBracket(text[at:]); list != "" {
				at += len(list)
				continue
			}
		}
		if ends(text[at:]) {
			return at
		}
	}
	return len(text)
}

// upToBracket returns a text that begins with [ before the ] that closes it; "" if none does.
func upToBracket(text string) string {
	depth := 0
	for at := range len(text) {
		switch text[at] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return text[:at]
			}
		}
	}
	return ""
}

// endsText reports whether a text ends before this.
func endsText(behind string, brackets bool) bool {
	return behind == "" || brackets && strings.ContainsRune(",}]", rune(behind[0]))
}

// unquoted says what is wrong with a line whose text should have been in quotes, and how it is written; ""
// if there seems to be none.
func unquoted(line string) (what, repair string) {
	line = strings.TrimSpace(line)
	for {
		rest, is := strings.CutPrefix(line, "- ")
		if !is {
			break
		}
		line = strings.TrimLeft(rest, " ")
	}
	key, value, found := strings.Cut(line, ": ")
	if !found {
		key, value = "", line
	}
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return "", ""
	case strings.ContainsRune("{[@`%&*!|>\"'", rune(value[0])), strings.Contains(value, ": "):
		return repaired(key, value, false)
	}
	return "", ""
}

const whenWithoutBraces = "when is an expression without braces"

// whenWritten shows how a condition is written.
func whenWritten(condition string, brackets bool) string {
	special := strings.ContainsRune("{[@`%&*!|>\"'#-?", rune(condition[0])) || strings.Contains(condition, ": ") || strings.Contains(condition, " #")
	if special || brackets && strings.ContainsAny(condition, ",{}[]") {
		condition = quoted(condition)
	}
	return "when: " + condition
}

// dottedName matches an expression that needs no ( ) around it beside others.
var dottedName = regexp.MustCompile(`^\s*[\w$.]+\s*$`)

// withoutBraces returns a condition whose braces are left out; "" if there are none, or it is none without them.
func withoutBraces(text string) string {
	if len(text) > maxRepair {
		return ""
	}
	var b strings.Builder
	braces := false
	for at := 0; at < len(text); {
		size := 1
		switch c := text[at]; {
		case c == '"' || c == '\'' || c == '`':
			size = max(size, quotedSize(text[at:]))
		case c == '{':
			inside, err := inBraces(text[at:])
			if err != nil {
				return ""
			}
			braces = true
			at += len(inside) + 2
			if dottedName.MatchString(inside) || len(inside)+2 == len(text) {
				b.WriteString(strings.TrimSpace(inside))
			} else {
				b.WriteString("(" + inside + ")")
			}
			continue
		}
		b.WriteString(text[at : at+size])
		at += size
	}
	if _, err := expression.CompileCondition(b.String(), expression.EventScope); err != nil || !braces {
		return ""
	}
	return b.String()
}
