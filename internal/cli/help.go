package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpTemplate is cobra's own without the parts that repeat themselves, so that a page fits a screen.
const helpTemplate = `{{with or .Long .Short}}{{. | trimTrailingWhitespaces}}

{{end}}{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}`

const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}

More help:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad (printf "ph2cio help %s" .Name) 25}}  {{.Short}}{{end}}{{end}}
{{end}}{{with mainFlags .}}
Flags:
{{. | trimTrailingWhitespaces}}
{{end}}{{if not .HasAvailableSubCommands}}{{with moreTopics .}}
More flags: {{.}}
{{end}}{{end}}`

// mainFlags is the help text of a command's flags but those that belong to a topic.
func mainFlags(c *cobra.Command) string {
	set := pflag.NewFlagSet(c.Name(), pflag.ContinueOnError)
	set.SortFlags = false
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if len(f.Annotations[topic]) == 0 && f.Name != "help" {
			set.AddFlag(f)
		}
	})
	if c.HasParent() && c.Runnable() && !c.HasSubCommands() && c.Name() != "help" {
		c.InheritedFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "json" || f.Name == "quiet" {
				set.AddFlag(f)
			}
		})
	}
	return set.FlagUsages()
}

// moreTopics names the help pages that hold the rest of a command's flags.
func moreTopics(c *cobra.Command) string {
	var names []string
	seen := map[string]bool{}
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		for _, name := range f.Annotations[topic] {
			if !seen[name] {
				seen[name] = true
				names = append(names, "ph2cio help "+name)
			}
		}
	})
	return strings.Join(names, ", ")
}

// topicFlags is the help text of the flags of one topic.
func topicFlags(name string, flags *pflag.FlagSet) string {
	set := pflag.NewFlagSet(name, pflag.ContinueOnError)
	set.SortFlags = false
	flags.VisitAll(func(f *pflag.Flag) {
		for _, of := range f.Annotations[topic] {
			if of == name {
				set.AddFlag(f)
			}
		}
	})
	return set.FlagUsages()
}
