package cli

import (
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/escape"
)

// explainListErrors makes flags that take a list explain what is wrong with a quote in it. The flag library
// reads lists as CSV, and its errors speak of CSV.
func explainListErrors(root *cobra.Command) {
	for _, c := range append(withSettings(root), root) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() == "stringSlice" {
				f.Value = listValue{f.Value}
				f.DefValue = strings.TrimPrefix(f.DefValue, "[]") // help would show it as a default
			}
		})
	}
}

// listValue is the value of a flag that takes a list.
type listValue struct{ pflag.Value }

func (l listValue) Set(text string) error {
	err := l.Value.Set(text)
	if err == nil {
		return nil
	}
	return fmt.Errorf("separate names with commas; put a name that has a quote in quotes, and double the quote: %s",
		escape.Shell(listText(text)))
}

// listText returns values in the form in which a flag takes a list, which is a line of CSV.
func listText(values ...string) string {
	var line strings.Builder
	w := csv.NewWriter(&line)
	_ = w.Write(values) // into memory
	w.Flush()
	return strings.TrimSuffix(line.String(), "\n")
}
