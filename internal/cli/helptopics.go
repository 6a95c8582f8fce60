package cli

import (
	"embed"
	"regexp"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
	"ph2cio/internal/posthog"
	"ph2cio/internal/redact"
)

// helpFiles are the help topics. The first line of a file is its short description. In the rest, lines that
// begin with a blank stay as they are, and other neighbouring lines are one paragraph. {{flags}} stands for
// the flags of the topic.
//
//go:embed help/*.txt
var helpFiles embed.FS

// newTopics returns the help topics as commands that only have help.
func newTopics() []*cobra.Command {
	files, err := helpFiles.ReadDir("help")
	if err != nil {
		panic(err) // they are part of the binary
	}
	var pages []*cobra.Command
	for _, file := range files {
		text, err := helpFiles.ReadFile("help/" + file.Name())
		if err != nil {
			panic(err)
		}
		short, _, _ := strings.Cut(string(text), "\n")
		pages = append(pages, &cobra.Command{Use: strings.TrimSuffix(file.Name(), ".txt"), Short: short})
	}
	return pages
}

// topicText is a help file without its first line, with what it takes from the code filled in.
func topicText(root *cobra.Command, name string, width int) string {
	secrets, inURLs := redact.DefaultNames()
	list := func(words []string) func() string {
		return func() string { return strings.Join(words, " ") }
	}
	page := template.New(name + ".txt").Funcs(template.FuncMap{
		"flags":         func() string { return topicFlags(root, name, width) },
		"exitCodes":     exit.Table,
		"secrets":       list(secrets),
		"secretsInURLs": list(inURLs),
		"plumbing":      list(posthog.Plumbing()),
		"reasons":       terminal.ReasonTables,
		"functions":     functionList,
		"names":         namesInExpressions,
		"settings":      func() string { return settingList(root) },
		"fields":        func() string { return strings.Join(posthog.Fields, ", ") },
	})
	var b strings.Builder
	if err := template.Must(page.ParseFS(helpFiles, "help/"+name+".txt")).Execute(&b, nil); err != nil {
		panic(err) // a mistake in the file, which every test of help shows
	}
	_, text, _ := strings.Cut(b.String(), "\n")
	return text
}

// listsFlags reports whether the page of a topic lists its flags.
func listsFlags(name string) bool {
	text, err := helpFiles.ReadFile("help/" + name + ".txt")
	return err == nil && strings.Contains(string(text), "{{flags}}")
}

// layOut wraps a text to a width: its paragraphs, and its lists. A line of a list is two blanks, a term, at
// least two blanks and the meaning of the term, which may continue in lines that begin below it. Other lines
// that begin with a blank stay as they are.
func layOut(text string, width int) string {
	var b strings.Builder
	var parts []string // the lines of a paragraph or of a term's text
	column := 0        // where the text of a term begins
	before := ""       // the term with its blanks
	end := func() {
		if len(parts) > 0 {
			b.WriteString(before + terminal.Wrap(strings.Join(parts, " "), width, column) + "\n")
		}
		parts, column, before = nil, 0, ""
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		margin := len(line) - len(strings.TrimLeft(line, " "))
		term := listTerm(line)
		switch {
		case term != "":
			end()
			before, column = term, terminal.ColumnsOf(term)
		case line == "" || margin > 0 && margin != column:
			end()
			b.WriteString(line + "\n")
			continue
		case margin == 0 && column > 0:
			end()
		}
		parts = append(parts, strings.TrimSpace(line[len(term):]))
	}
	end()
	return b.String()
}

// listTermPattern matches the term of a list, with the blanks around it.
var listTermPattern = regexp.MustCompile(`^  \S+( \S+)*  +`)

// listTerm returns the term of a line of a list with the blanks around it, empty for another line.
func listTerm(line string) string {
	if term := listTermPattern.FindString(line); term != line {
		return term
	}
	return ""
}
