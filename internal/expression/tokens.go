package expression

import (
	"regexp"
	"strings"
)

// conditionalForm and ofElements are what to write for forms of other languages.
const (
	conditionalForm = "write a ? b : c"
	ofElements      = `for the elements of a list write any(list, .name == "x") or map(list, .name)`
)

// otherTokens are what other languages have at places where the parser meets them, and what to write. The
// names are in lower case.
var otherTokens = map[string]string{
	"=": "== compares", "eq": "write ==", "equals": "write ==", "ne": "write !=", "neq": "write !=", "≠": "write !=",
	"gt": "write >", "gte": "write >=", "ge": "write >=", "≥": "write >=", "lt": "write <", "lte": "write <=", "le": "write <=", "≤": "write <=",
	"~": "use matches", "like": lookingIntoTexts, "ilike": lookingIntoTexts, "starts": "write startsWith",
	"ends": "write endsWith", "includes": "write contains", "has": "write contains",
	"exists": "write a != nil", "between": "write a >= 1 and a <= 9", "then": conditionalForm, "when": conditionalForm, "elif": conditionalForm,
	"&": "write and; + joins two texts", "“": straightQuotes, "”": straightQuotes, "‘": straightQuotes, "’": straightQuotes,
	":": "an object as the value of a function's elements needs ( ) around it",
}

const (
	lookingIntoTexts = "contains, startsWith, endsWith and matches look into texts"
	straightQuotes   = `a text is in straight quotes: "x"`
)

// isNothing matches what follows is where a value is asked for that is not there.
var isNothing = regexp.MustCompile(`(?i)^(not )?(nil|null|none|undefined|empty|set|missing)\b`)

// instead returns what to write instead of a token that the parser does not expect, or "". before and behind
// are what stands around it.
func instead(token, before, behind string) string {
	lower := strings.ToLower(token)
	last := strings.TrimRight(before, " ")
	word := wordOperator(token)
	operator := token == "=" || token == "!" || token == ">"
	switch {
	case operator && (token != ">" && strings.HasPrefix(behind, "~") || strings.HasSuffix(last, "~")):
		return "use matches"
	case token == "=" && strings.HasPrefix(behind, ">"):
		return ">= is written so"
	case token == "=" && strings.HasPrefix(behind, "<"):
		return "<= is written so"
	case token == "=" && strings.HasSuffix(before, "=="), token == "=" && strings.HasSuffix(before, "!="):
		return "write " + before[len(before)-2:]
	case token == ">" && strings.HasSuffix(before, "<"):
		return "!= is the opposite of =="
	case token == ">":
		return ""
	case lower == "is" && isNothing.MatchString(behind):
		return "write == nil or != nil"
	case lower == "is" && strings.HasPrefix(strings.ToLower(behind), "not "):
		return "write !="
	case lower == "is":
		return "write =="
	case word != "" && word != token && word == lower:
		return "write " + word + " in lower case"
	case word != "" && word != token:
		return "write " + word
	case word != "" && strings.HasPrefix(behind, "("):
		return "write a " + word + " b"
	case token == "," && strings.HasPrefix(strings.TrimLeft(before, " ("), "if"):
		return conditionalForm
	case token == "/" && strings.HasSuffix(last, "matches"):
		return "a pattern is a text in quotes"
	case token == "*" && strings.HasSuffix(last, "["):
		return ofElements
	}
	return otherTokens[lower]
}

// wordOperator returns the operator that a token is when upper and lower case are the same, or "".
func wordOperator(token string) string {
	for _, word := range []string{"and", "or", "not", "in", "contains", "startsWith", "endsWith", "matches"} {
		if strings.EqualFold(token, word) {
			return word
		}
	}
	return ""
}
