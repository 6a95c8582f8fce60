package mappingfile

import (
	_ "embed"
	"regexp"
	"strings"

	"ph2cio/internal/rawjson"
)

//go:embed init.txt
var initText string

// Init returns the text of a new mapping file: all that it can say, explained, in comments. It says nothing
// until they are removed. Of the settings it shows those with a default.
func Init(settings []Known) string {
	var lines strings.Builder
	for _, known := range settings {
		if known.Default != "" {
			lines.WriteString("#  # " + strings.ReplaceAll(known.Does, "\n", " ") + "\n#  " + known.Name + ": " + written(known.Default) + "\n")
		}
	}
	return strings.Replace(initText, "{{settings}}\n", lines.String(), 1)
}

var needsNoQuotes = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./%-]*$`)

// written returns a text as YAML.
func written(text string) string {
	if needsNoQuotes.MatchString(text) {
		return text
	}
	return string(rawjson.AppendString(nil, text))
}
