package cli

import (
	"embed"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// helpFiles are the help pages that are no commands. A file's first line is its short description. In the rest, lines that begin
// with a blank stand as they are, and other neighbouring lines are one paragraph; {{flags}} is the flags of the topic.
//
//go:embed help/*.txt
var helpFiles embed.FS

// newTopics are help pages that are no commands, by name.
func newTopics(p *program) []*cobra.Command {
	files, err := helpFiles.ReadDir("help")
	if err != nil {
		panic(err) // they are part of the binary
	}
	var pages []*cobra.Command
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".txt")
		short, text, _ := strings.Cut(topicText(name), "\n")
		pages = append(pages, &cobra.Command{Use: name, Short: short, Long: strings.TrimSpace(layOut(text, p.columns()))})
	}
	return pages
}

// topicText is the whole of a help file, with what it takes from the code filled in.
func topicText(name string) string {
	secrets, inURLs := mapping.SecretNames()
	list := func(words []string) func() string {
		return func() string { return strings.Join(words, " ") }
	}
	page := template.New(name + ".txt").Funcs(template.FuncMap{
		"flags":         func() string { return topicFlags(name, allFlags()) },
		"exitCodes":     func() string { return exitCodesText },
		"secrets":       list(secrets),
		"secretsInURLs": list(inURLs),
		"plumbing":      list(mapping.Plumbing()),
		"reasons":       reasonsText,
		"fields":        func() string { return strings.Join(posthog.Fields, ", ") },
	})
	var b strings.Builder
	if err := template.Must(page.ParseFS(helpFiles, "help/"+name+".txt")).Execute(&b, nil); err != nil {
		panic(err) // a mistake in the file, which every test of help shows
	}
	return b.String()
}

// allFlags are those of the commands that read and send.
func allFlags() *pflag.FlagSet {
	flags := pflag.NewFlagSet("all", pflag.ContinueOnError)
	new(mappingOptions).addFlags(flags, "hold")
	new(sendingOptions).addFlags(flags)
	new(stdinOptions).addFlags(flags)
	addLogFlag(flags)
	annotate(flags, cronTopic, logFlag)
	return flags
}

// layOut wraps the paragraphs of a text to so many columns.
func layOut(text string, width int) string {
	var b strings.Builder
	var words []string
	end := func() {
		if len(words) > 0 {
			b.WriteString(wrapIndented(strings.Join(words, " "), width, 0) + "\n")
			words = nil
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if line == "" || line[0] == ' ' {
			end()
			b.WriteString(line + "\n")
			continue
		}
		words = append(words, strings.Fields(line)...)
	}
	end()
	return b.String()
}
