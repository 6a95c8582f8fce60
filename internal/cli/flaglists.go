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
	var whole strings.Builder
	w := csv.NewWriter(&whole)
	if w.Write([]string{text}) != nil {
		return err
	}
	w.Flush()
	return fmt.Errorf("separate names with commas; put a name that has a quote in quotes, and double the quote: %s",
		escape.Shell(strings.TrimSuffix(whole.String(), "\n")))
}
