package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
)

// checkedValue is the value of a flag. If the flag does not take a text, the mistake is noted and parsing
// continues, so that begin reports all mistakes at once.
type checkedValue struct {
	pflag.Value
	p    *program
	flag *pflag.Flag
}

// collectMistakes makes the value of every flag a checkedValue.
func collectMistakes(p *program, root *cobra.Command) {
	note := func(f *pflag.Flag) {
		f.Value = checkedValue{f.Value, p, f}
		f.DefValue = strings.TrimPrefix(f.DefValue, "[]") // help would show it as a default
		if f.DefValue == "0s" {
			f.DefValue = "0" // the same
		}
	}
	root.PersistentFlags().VisitAll(note)
	for _, c := range append(withSettings(root), root) {
		c.Flags().VisitAll(note)
	}
}

func (v checkedValue) Set(text string) error {
	if strings.TrimSpace(text) == "" && !hasFact(v.flag, emptyFact) {
		v.p.addMistake(fmt.Errorf("--%s is empty; give it a value, or leave it out", v.flag.Name))
		return nil
	}
	if startsWithTilde(text) && namesPath(v.flag) {
		v.p.addMistake(fmt.Errorf("--%s: %s", v.flag.Name, tildeAdvice))
		return nil
	}
	if err := checkChoice(v.flag, text); err != nil {
		v.p.addMistake(err)
		return nil
	}
	before := v.String()
	if err := v.Value.Set(text); err != nil {
		v.p.addMistake(v.typeError(text, err))
		_ = v.Value.Set(before) // it may be 0 now, which would be reported as a second mistake
	}
	return nil
}

// typeError says what kind of value a flag takes, in place of what the flag library says.
func (v checkedValue) typeError(text string, err error) error {
	takes := ""
	switch kind := v.Type(); {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"), kind == "count":
		takes = "a whole number"
	case strings.HasPrefix(kind, "float"):
		takes = "a number"
	case kind == "duration":
		takes = "a duration such as 30s or 5m"
	case kind == "bool":
		takes = "true or false"
	default:
		return fmt.Errorf("--%s: %w", v.flag.Name, err)
	}
	return fmt.Errorf("--%s must be %s, not %q", v.flag.Name, takes, text)
}

// clearerError replaces the flag library's errors about a command line, whose text may quote a secret.
func clearerError(c *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(c, e)
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fmt.Errorf("--%s needs a value: %s", e.GetFlag().Name, valuesText(e.GetFlag()))
	}
	if _, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok {
		return errors.New("a flag needs a name after --")
	}
	return err
}

// needsSource refuses a command line without a source.
func needsSource(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	example, _, _ := strings.Cut(strings.TrimSpace(c.Example), "\n")
	return &problem{
		err:  errors.New("no SOURCE given: name a file, directory, glob, s3:// or az:// URL of a PostHog export, or - for standard input"),
		code: exit.Usage, hint: "for example: " + example,
	}
}
