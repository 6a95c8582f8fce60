package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// clearer says what a flag takes in place of what the library says of a value that it could not read.
func clearer(err error) error {
	if before, _, found := strings.Cut(err.Error(), pingFlag+"="); found {
		return errors.New(before + pingFlag + "=...") // what follows is a secret
	}
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	takes := ""
	switch kind := invalid.GetFlag().Value.Type(); {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"), kind == "count":
		takes = "a whole number"
	case strings.HasPrefix(kind, "float"):
		takes = "a number"
	case kind == "duration":
		takes = "a duration such as 30s or 5m"
	case kind == "bool":
		takes = "true or false"
	default:
		return err
	}
	return fmt.Errorf("--%s takes %s, not %q", invalid.GetFlag().Name, takes, invalid.GetValue())
}

// someSource refuses a command line without a source.
func someSource(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("no SOURCE given: name a file, directory or glob of a PostHog export, or - for standard input")
	}
	return nil
}
