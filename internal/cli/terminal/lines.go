package terminal

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"ph2cio/internal/report"
)

// Lines collects lines of text for a person: most are a label and a text beside it. The zero value is without
// colours, for 80 columns.
type Lines struct {
	strings.Builder
	Style Style
	Width int // in columns; 0 means no terminal

	Margin int // blanks before each label
}

// String returns the text, with signs that the locale has.
func (t *Lines) String() string { return t.Style.Text(t.Builder.String()) }

// Line writes a label and a text, which is wrapped beside it. It writes nothing for an empty text.
func (t *Lines) Line(label, text string) {
	if text != "" {
		fmt.Fprintln(t, labelled(t.Margin, label, text, t.columnCount()))
	}
}

func (t *Lines) columnCount() int {
	return cmp.Or(t.Width, ColumnsWithoutTerminal)
}

// labelWidth is the column in which the texts of labelled lines begin.
const labelWidth = 13

// Next writes the command to type, on one line so that it can be copied: below its label if it fits only
// there. note says in a few words what for, or is empty.
func (t *Lines) Next(command, note string) {
	if command == "" {
		return
	}
	const between = "    "
	label, wide := paddedLabel(t.Margin, "Next"), ColumnsOf(Plain(command))
	switch {
	case labelWidth+wide+len(between+note) <= t.columnCount():
		note = t.Style.Dim(strings.TrimRight(between+note, " "))
	case wide <= t.columnCount() && labelWidth+wide > t.columnCount():
		label, note = strings.TrimRight(label+t.Style.Dim(note), " ")+"\n", ""
	default:
		note = ""
	}
	fmt.Fprintln(t, label+t.Style.Cyan(Plain(command))+note)
}

// path writes a path, which is never broken: below its label if it fits only there.
func (t *Lines) path(label, path string) {
	path = Plain(path)
	switch {
	case path == "":
	case !t.records() && labelWidth+ColumnsOf(path) > t.columnCount():
		fmt.Fprintln(t, strings.TrimRight(paddedLabel(t.Margin, label), " ")+"\n"+path)
	default:
		t.Line(label, path)
	}
}

// records reports whether each line is a record of a log.
func (t *Lines) records() bool { return t.Width == math.MaxInt32 }

// detail writes a line that belongs to the one above it.
func (t *Lines) detail(text string) {
	const indent = labelWidth + 2
	fmt.Fprintf(t, "%*s%s\n", indent, "", t.Style.Dim(wrapList(text, t.columnCount(), indent)))
}

// Labelled is a label and a text that is wrapped beside it. With a width of math.MaxInt32 it is one line for
// a record of a log, whose label is not padded.
func Labelled(label, text string, width int) string { return labelled(0, label, text, width) }

func labelled(margin int, label, text string, width int) string {
	if width == math.MaxInt32 { // a record of a log
		return strings.TrimPrefix(label+": ", ": ") + text
	}
	return paddedLabel(margin, label) + wrapList(text, width, labelWidth)
}

// paddedLabel is a label up to where its text begins.
func paddedLabel(margin int, label string) string {
	return fmt.Sprintf("%*s%-*s ", margin, "", labelWidth-1-margin, label)
}

// unbroken is a blank at which no line is broken.
const unbroken = "\u00a0"

// wrapList is Wrap for a text that may be a list, whose parts stay on one line where they fit.
func wrapList(text string, width, indent int) string {
	parts := strings.Split(text, report.ListSeparator)
	for i, part := range parts {
		if len(parts) > 1 && ColumnsOf(part)+len(report.ListSeparator) <= width-indent {
			parts[i] = strings.ReplaceAll(part, " ", unbroken)
		}
	}
	return strings.ReplaceAll(Wrap(strings.Join(parts, unbroken+"· "), width, indent), unbroken, " ")
}
