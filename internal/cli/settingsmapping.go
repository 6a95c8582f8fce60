package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/source"
)

// mappingHelp is the hint for what is wrong in a mapping file.
const mappingHelp = "`ph2cio help mapping-file` explains the file"

// applyMappingFile reads the file of --mapping, and gives its settings to the flags that have no value yet.
// The error has all that is wrong with the file.
func (p *program) applyMappingFile(c *cobra.Command) error {
	path := flagText(c, mappingFlag)
	if path == "" {
		return nil
	}
	file, err := readMappingFile(path, mappingFlag)
	if file == nil {
		return err
	}
	p.mapping = file
	var errs []error
	if of, ok := errors.AsType[*problem](err); ok {
		errs = append(errs, of.err)
	}
	flags := mappableFlags(c.Root())
	for _, s := range file.Settings {
		errs = append(errs, p.applyFileSetting(c, s, flags))
	}
	if err := mappingfile.Join(errs...); err != nil {
		return &problem{err: err, code: exit.Usage, hint: mappingHelp}
	}
	return nil
}

// readMappingFile reads the mapping file that a flag names. With the errors of a file come its settings.
func readMappingFile(path, flag string) (*mappingfile.File, error) {
	switch {
	case path == stdinSource:
		return nil, usage(fmt.Errorf("--%s must be a file, not standard input, which is for an export", flag))
	case source.IsURL(path):
		return nil, usage(fmt.Errorf("--%s must be a file on this machine, not a URL", flag))
	}
	text, err := readSmallFile(path)
	if err != nil {
		return nil, &problem{err: fmt.Errorf("--%s: %w", flag, fileError(path, err)), code: exit.Usage, hint: pathHint(path, err)}
	}
	file, err := mappingfile.Read(text, path)
	if err != nil {
		return file, &problem{err: err, code: exit.Usage, hint: mappingHelp}
	}
	return file, nil
}

// applyFileSetting gives a flag the value that a mapping file has for it, unless it was typed or is in the
// environment. flags are those that a file may set. A setting of another command's flag says nothing about this
// command.
func (p *program) applyFileSetting(c *cobra.Command, s mappingfile.Setting, flags []*pflag.Flag) error {
	if !slices.ContainsFunc(flags, func(f *pflag.Flag) bool { return f.Name == s.Name }) {
		return p.settingError(s, "%s", notASetting(c.Root(), s.Name, flags))
	}
	f := c.Flags().Lookup(s.Name)
	if f == nil || f.Changed {
		return nil
	}
	p.places[s.Name] = fmt.Sprintf("%s:%d:%d", p.mapping.Name, s.At.Line, s.At.Column)
	p.origins[s.Name] = fmt.Sprintf("%s in %s:%d", s.Name, p.mapping.Name, s.At.Line)
	before := len(p.mistakes) // a value that the flag does not take becomes one: see checkedValue
	errs := []error{p.setFromFile(c.Flags(), f, s)}
	for _, mistake := range p.mistakes[before:] {
		errs = append(errs, p.settingError(s, "%s", strings.TrimPrefix(mistake.Error(), "--")))
	}
	p.mistakes = p.mistakes[:before]
	return errors.Join(errs...)
}

// setFromFile gives a flag the value of a setting. Of a list, each item is one value, whatever it contains.
func (p *program) setFromFile(flags *pflag.FlagSet, f *pflag.Flag, s mappingfile.Setting) error {
	kind := f.Value.Type()
	several := kind == "stringSlice" || kind == "stringArray"
	switch {
	case s.List && !several:
		return p.settingError(s, "%s takes one value, not a list", s.Name)
	case s.List && len(s.Values) == 0:
		return p.settingError(s, "%s is an empty list; give it a value, or leave it out", s.Name)
	case s.List && kind == "stringSlice":
		return p.setList(flags, s)
	}
	for _, value := range s.Values {
		if err := flags.Set(s.Name, value); err != nil {
			return err
		}
	}
	return nil
}

// setList gives a flag that takes a list all items of a setting at once.
func (p *program) setList(flags *pflag.FlagSet, s mappingfile.Setting) error {
	for _, value := range s.Values {
		if strings.TrimSpace(value) == "" {
			return p.settingError(s, "%s has an empty value", s.Name)
		}
	}
	return flags.Set(s.Name, listText(s.Values...))
}

// settingError is an error about a setting of the mapping file.
func (p *program) settingError(s mappingfile.Setting, format string, values ...any) error {
	return &mappingfile.Error{File: p.mapping.Name, Line: s.At.Line, Column: s.At.Column, Text: fmt.Sprintf(format, values...)}
}

// notASetting says why a mapping file cannot have a setting, and what was probably meant.
func notASetting(root *cobra.Command, name string, flags []*pflag.Flag) string {
	if flagAdviceByName[name] == useVariables {
		return "a mapping file has no credentials: " + useVariables
	}
	if name == mappingFlag {
		return "a mapping file cannot name another one"
	}
	if hasFlag(root, name) || commandsWith(root, name) != "" {
		return name + " does not say what an export becomes: it belongs on the command line, in the environment or in .env"
	}
	var names []string
	for _, f := range flags {
		names = append(names, f.Name)
	}
	text := name + " is not a setting"
	if meant := cmp.Or(closest(name, names), otherSetting(name, names)); meant != "" {
		return text + "; did you mean " + meant + "?"
	}
	return text + "; the settings are the flags that `ph2cio mapping schema` lists"
}

// otherSetting returns what a name of other programs is called here, if that is a setting; else nothing.
func otherSetting(name string, names []string) string {
	for meant := range strings.FieldsSeq(otherNames[name]) {
		if slices.Contains(names, meant) {
			return meant
		}
	}
	return ""
}

// rulesHash returns the hash of what a mapping file says besides settings, empty if that is nothing. Tests
// say nothing about what is sent.
func rulesHash(file *mappingfile.File) string {
	if file == nil || len(file.Rules)+len(file.TestAccounts) == 0 {
		return ""
	}
	rules := *file
	rules.Settings = nil
	return rules.Hash()
}
