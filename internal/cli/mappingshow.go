package cli

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/report"
)

func newMappingShow(p *program) *cobra.Command {
	o := &mappingOptions{}
	c := &cobra.Command{
		Use:   "show",
		Short: "Show what flags, the environment and a mapping file amount to",
		Long: `Shows what flags, the environment, .env and the mapping file amount to: the settings that are not the defaults, with what gave
each of them, and the rules. What it prints is a mapping file. With --json it also has the tests.`,
		Example: `  ph2cio mapping show --mapping mapping.yaml
  ph2cio mapping show --mapping mapping.yaml --page-name path > settled.yaml`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return p.showMapping(c) },
	}
	p.checks.add(c, func([]string) error { return o.check(p.now()) })
	o.addFlags(flagsInOrder(c), "hold", p)
	return c
}

// mappingDocument has the keys of a mapping file, which mapping show writes. The schema of mapping files says what is
// in them.
type mappingDocument struct {
	Settings     map[string]json.RawMessage `json:"settings,omitempty"`
	TestAccounts []json.RawMessage          `json:"test-accounts,omitempty"`
	Rules        []json.RawMessage          `json:"rules,omitempty"`
	Tests        []json.RawMessage          `json:"tests,omitempty"`
}

// showMapping prints what the flags of a command and its mapping file amount to.
func (p *program) showMapping(c *cobra.Command) error {
	file, origins := p.settledMapping(c)
	if p.json {
		return p.writeJSON(p.env.Stdout, json.RawMessage(file.JSON()))
	}
	text := file.YAML(origins)
	if text == "" {
		text = "# All flags have their defaults, and there are no rules.\n"
	}
	if n := len(file.Tests); n > 0 {
		text += "# " + report.Plural(n, "test", "tests") + ", which `ph2cio mapping test` runs\n"
	}
	_, err := io.WriteString(p.env.Stdout, terminal.Plain(text))
	return err
}

// settledMapping returns the mapping file with the settings that flags, the environment and the file amount
// to, and what gave each of them. Settings that are the defaults are left out.
func (p *program) settledMapping(c *cobra.Command) (file mappingfile.File, origins map[string]string) {
	if p.mapping != nil {
		file = *p.mapping
	}
	file.Settings, origins = nil, map[string]string{}
	for _, known := range mappableFlags(c.Root()) {
		f := c.Flags().Lookup(known.Name)
		if f == nil || !f.Changed || f.Value.String() == f.DefValue {
			continue
		}
		values, list := listOfValues(f)
		file.Settings = append(file.Settings, mappingfile.Setting{Name: f.Name, Values: values, List: list})
		origins[f.Name] = strings.TrimPrefix(p.nameOf(f.Name), f.Name+" in ")
	}
	return file, origins
}

// listOfValues returns the values of a flag, and whether it takes several.
func listOfValues(f *pflag.Flag) (values []string, several bool) {
	value := f.Value
	for {
		switch outer := value.(type) {
		case checkedValue:
			value = outer.Value
		case listValue:
			value = outer.Value
		case pflag.SliceValue:
			return outer.GetSlice(), true
		default:
			return []string{value.String()}, false
		}
	}
}
