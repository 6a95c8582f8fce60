package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/mappingfile"
)

// addMappingFlag adds --mapping, whose value begin reads.
func addMappingFlag(f *pflag.FlagSet) {
	f.String(mappingFlag, "", "YAML file of settings, and rules for events and people")
	describe(f, mappingFlag, whatToSend, "FILE", isRead, inShort("inspect", "preview", "explain"), withExtensions("yaml", "yml"))
}

// mappable reports whether a mapping file may set a flag: those may be set that say what an export becomes,
// and that the environment may set too.
func mappable(f *pflag.Flag) bool {
	return configurable(f) && !hasFact(f, sameFact) && f.Name != mappingFlag && factText(f, topicFact) != nightly.topic &&
		!slices.Contains(ofOneRun, factText(f, groupFact))
}

// ofOneRun are the headings of the flags that say what one run does.
var ofOneRun = []string{ownFlags.heading, whatToShow.heading, resuming.heading, outputFlags.heading}

// mappableFlags returns the flags that a mapping file may set: those of all commands that have --mapping, in
// the order of help.
func mappableFlags(root *cobra.Command) (flags []*pflag.Flag) {
	seen := map[string]bool{}
	for _, c := range sendersFirst(root) {
		if c.Flags().Lookup(mappingFlag) == nil {
			continue
		}
		for _, f := range flagsOf(c) {
			if mappable(f) && !seen[f.Name] {
				seen[f.Name] = true
				flags = append(flags, f)
			}
		}
	}
	slices.SortStableFunc(flags, func(a, b *pflag.Flag) int { return groupOrder(a) - groupOrder(b) })
	return flags
}

// knownSettings describes the flags that a mapping file may set.
func knownSettings(root *cobra.Command) (all []mappingfile.Known) {
	for _, f := range mappableFlags(root) {
		all = append(all, mappingfile.Known{Name: f.Name, Default: strings.Trim(f.DefValue, "[]"), Does: f.Usage})
	}
	return all
}
