package terminal

import (
	"encoding/json"
	"fmt"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/report"
	"ph2cio/internal/sentdiff"
)

// Comparison is what a person reads of where the operations of two runs differ. Groups that are the same are
// left out.
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
			writeExample(&b, groupName(&r.Groups[i]), &e, style, width)
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

// writeExample shows one operation that differs: all of it if the other run has none, else what it is and the members that differ.
func writeExample(b *strings.Builder, group string, e *sentdiff.Example, style Style, width int) {
	switch {
	case e.After == nil:
		fmt.Fprintf(b, "\n%s\n", style.Bold(group+", gone"))
		writeSigned(b, "- ", laidOut(e.Before, width-len("- ")), style.Red)
		return
	case e.Before == nil:
		fmt.Fprintf(b, "\n%s\n", style.Bold(group+", new"))
		writeSigned(b, "+ ", laidOut(e.After, width-len("+ ")), style.Green)
		return
	}
	fmt.Fprintf(b, "\n%s\n", style.Bold(group+", changed"))
	body := fieldsOf(e.Before)
	writeSigned(b, indent, (&Lines{Width: width - len(indent)}).heading(actionIn(body), body, whose(actionIn(body), body)), style.Dim)
	for _, m := range e.Members {
		for _, side := range []struct {
			sign  string
			value json.RawMessage
			paint func(string) string
		}{{"- ", m.Before, style.Red}, {"+ ", m.After, style.Green}} {
			if len(side.value) > 0 {
				writeSigned(b, side.sign, Wrap(OneLine(m.Path)+": "+SpacedJSON(side.value), width-len(side.sign), 0), side.paint)
			}
		}
	}
}

// writeSigned writes lines, each behind a sign.
func writeSigned(b *strings.Builder, sign, lines string, paint func(string) string) {
	for line := range strings.SplitSeq(lines, "\n") {
		fmt.Fprintln(b, paint(sign+line))
	}
}

// laidOut is an operation without colours.
func laidOut(body json.RawMessage, width int) string {
	return strings.TrimSuffix(Operation(&customerio.Operation{Action: actionIn(fieldsOf(body)), Body: body}, Style{}, width), "\n")
}
