package mappingfile

import "regexp"

var (
	yamlNumber = regexp.MustCompile(`^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
	jsonNumber = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$`)
)

// kindOfPlain returns the kind of a scalar without quotes, by YAML 1.2's core schema. So yes and no are
// texts, and so are dates.
func kindOfPlain(text string) kind {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return isNull
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return isBool
	}
	if yamlNumber.MatchString(text) {
		return isNumber
	}
	return isText
}

// isTrue returns the value of a node that is true or false.
func (n *node) isTrue() bool { return n.text[0] == 't' || n.text[0] == 'T' }
