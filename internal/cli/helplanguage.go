package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ph2cio/internal/expression"
)

// longestResult is the longest result of an example that help shows, in characters.
const longestResult = 40

// functionList lists the functions of expressions for help.
func functionList() string {
	var l definitions
	for _, f := range expression.Functions() {
		text := f.Does
		if len(f.Gives) <= longestResult {
			text += ": " + f.Example + " is " + f.Gives
		}
		l.add(f.Usage, text)
	}
	return l.String()
}

// namesInExpressions lists the names of expressions for help.
func namesInExpressions() string {
	var l definitions
	for _, n := range expression.Names() {
		l.add(n.Name, n.Is)
	}
	return l.String()
}

// settingList lists the flags that a mapping file may set.
func settingList(root *cobra.Command) string {
	var names []string
	for _, known := range knownSettings(root) {
		names = append(names, known.Name)
	}
	return strings.Join(names, ", ")
}

// definitions are terms and their meanings, which layOut sets as a list.
type definitions struct {
	all   [][2]string
	width int // of the widest term
}

func (d *definitions) add(term, means string) {
	d.all, d.width = append(d.all, [2]string{term, means}), max(d.width, len(term))
}

// String returns a line for each term.
func (d *definitions) String() string {
	var b strings.Builder
	for _, one := range d.all {
		fmt.Fprintf(&b, "  %-*s  %s\n", d.width, one[0], one[1])
	}
	return strings.TrimSuffix(b.String(), "\n")
}
