package expression

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/utils"
)

// The bounds of an expression's text.
const (
	// MaxText is the longest expression in bytes.
	MaxText = 10_000
	// maxNodes bounds the literals, names, operators and calls, and so how deep they are nested.
	maxNodes = 5000
)

// parse returns the syntax tree of an expression. All functions of the library but those that take a
// condition are switched off: they become calls of functions that it does not know, so that the compiler
// looks for ours.
func parse(text source) (tree ast.Node, err error) {
	switch {
	case len(text) > MaxText:
		return nil, text.errorf(0, "the expression has %d bytes; at most %d are allowed", len(text), MaxText)
	case !utf8.ValidString(string(text)):
		return nil, text.errorf(0, "the expression is not valid UTF-8")
	case strings.TrimSpace(string(text)) == "":
		return nil, text.errorf(0, "the expression is empty")
	}
	// The library is not ours to trust with every text.
	defer func() {
		if r := recover(); r != nil {
			tree, err = nil, text.errorf(0, "the expression cannot be read: %v", r)
		}
	}()
	config := conf.CreateNew()
	config.MaxNodes = maxNodes
	for name := range config.Builtins {
		config.Disabled[name] = true
	}
	parsed, err := parser.ParseWithConfig(string(text), config)
	if err != nil {
		return nil, plainError(text, err)
	}
	return parsed.Node, nil
}

// plainError returns an error of the library in our form and words.
func plainError(text source, err error) error {
	var of *file.Error
	if !errors.As(err, &of) {
		return text.errorf(0, "%v", err)
	}
	e := &Error{Line: of.Line, Column: of.Column + 1, Text: plainWords(of.Message)}
	before, behind := text.between(0, of.From), string(text[text.offset(max(of.From, of.To)):])
	if token, _, ok := strings.Cut(e.Text, " is not expected here"); ok {
		e.Hint = instead(strings.Trim(token, `"`), before, strings.TrimLeft(behind, " "))
	} else if e.Text == noName && strings.HasSuffix(before, "*") {
		e.Hint = ofElements
	}
	return e
}

var quotedToken = regexp.MustCompile(`\b(?:Identifier|Number|String|Bytes|Operator|Bracket)\((".*")\)`)

// strangeCharacter matches the message about a character that no expression has.
var strangeCharacter = regexp.MustCompile(`^unrecognized character: U\+\S+ '(.*)'$`)

const noName = "the name of a member is missing"

// plainWords rewrites the messages that the parser has most often.
func plainWords(message string) string {
	message = quotedToken.ReplaceAllString(message, "$1")
	message = strangeCharacter.ReplaceAllString(message, `unexpected token "$1"`)
	what, unexpected := strings.CutPrefix(message, "unexpected token ")
	switch {
	case unexpected && what == "EOF", message == "unexpected end of expression":
		return "the expression ends too early: something is missing"
	case unexpected:
		return what + " is not expected here"
	case message == "literal not terminated":
		return "a text in quotes does not end"
	case message == "expected name":
		return noName
	case strings.Contains(message, "exceeds maximum allowed nodes"):
		return fmt.Sprintf("the expression has more than %d parts", maxNodes)
	case strings.Contains(message, "coalesce expressions"):
		return "?? and another operator need ( ) around one of them, as in (a ?? b) > c"
	case strings.Contains(message, "value out of range"):
		return "the number is too large to be written here"
	}
	return message
}

// numeral returns a literal of the source as JSON writes numbers, with the digits that it has there: the
// library has turned it into a float.
func numeral(written string, value float64) string {
	written = strings.ReplaceAll(written, "_", "")
	mantissa, exponent := written, ""
	if e := strings.IndexAny(written, "eE"); e >= 0 {
		mantissa, exponent = written[:e], written[e:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if text := whole + exponent; isNumeral([]byte(text)) {
		return text
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}

// isName reports whether a name can be written behind a point.
func isName(name string) bool { return utils.IsValidIdentifier(name) }
