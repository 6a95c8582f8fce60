package terminal

import (
	"encoding/json"
	"fmt"
	"strings"

	"ph2cio/internal/report"
	"ph2cio/internal/sentdiff"
)

// Comparison is what a person reads of where the operations of two runs differ. Groups that are the same are
// left out. A width of 0 is no limit.
func Comparison(r *sentdiff.Result, title string, style Style, width int) string {
	var b strings.Builder
	b.WriteString(style.Bold(OneLine(title)) + "\n")
	differ := r.Changed + r.Gone + r.New
	if differ == 0 {
		fmt.Fprintf(&b, "\nNothing: %s.\n", report.Plural(r.Same, "operation is the same", "operations are the same"))
		return b.String()
	}
	t := newTable(style, 0, width, "Operations", right("changed"), right("gone"), right("new"), right("same"))
	for i := range r.Groups {
		if g := &r.Groups[i]; g.Differ() > 0 {
			t.add([]string{groupName(g), report.Count(g.Changed), report.Count(g.Gone), report.Count(g.New), report.Count(g.Same)})
		}
	}
	t.add([]string{"all", report.Count(r.Changed), report.Count(r.Gone), report.Count(r.New), report.Count(r.Same)})
	b.WriteString(t.String())
	for i := range r.Groups {
		for _, e := range r.Groups[i].Examples {
			writeExample(&b, groupName(&r.Groups[i]), &e, style)
		}
	}
	return b.String()
}

// groupName names a group of operations.
func groupName(g *sentdiff.Group) string {
	if g.Name == "" {
		return WordsFor(string(g.Action), 2)
	}
	return OneLine(g.Name)
}

// writeExample shows one operation that differs.
func writeExample(b *strings.Builder, group string, e *sentdiff.Example, style Style) {
	switch {
	case e.After == nil:
		fmt.Fprintf(b, "\n%s\n%s\n", style.Bold(group+", gone"), style.Red("- "+OneLine(string(e.Before))))
		return
	case e.Before == nil:
		fmt.Fprintf(b, "\n%s\n%s\n", style.Bold(group+", new"), style.Green("+ "+OneLine(string(e.After))))
		return
	}
	fmt.Fprintf(b, "\n%s\n  %s\n", style.Bold(group+", changed"), style.Dim(OneLine(string(e.Before))))
	for _, m := range e.Members {
		for _, side := range []struct {
			sign  string
			value json.RawMessage
			paint func(string) string
		}{{"- ", m.Before, style.Red}, {"+ ", m.After, style.Green}} {
			if len(side.value) > 0 {
				fmt.Fprintln(b, side.paint(side.sign+OneLine(m.Path)+": "+OneLine(string(side.value))))
			}
		}
	}
}
