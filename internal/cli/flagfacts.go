package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What help, completion and errors know about a flag is written where the flag is defined: see describe. The
// flag library keeps it as annotations, under these names.
const (
	groupFact       = "group"
	topicFact       = "topic"  // the help page that lists the flag
	takesFact       = "takes"  // the kind of value
	valuesFact      = "values" // all values, each with a tab and its meaning
	onlyFact        = "only"   // no other values are taken
	listFact        = "list"   // several values may be given, separated by commas
	extensionsFact  = "extensions"
	sameFact        = "same"  // it does not change what is sent
	readFact        = "read"  // the files that it names are read
	emptyFact       = "empty" // it may be given without a value
	commandLineFact = "typed" // no environment variable sets it
	shortFact       = "short" // in the short help of all its commands, or of those named
)

// flagsInOrder returns the flags of a command, which keep the order in which they are defined.
func flagsInOrder(c *cobra.Command) *pflag.FlagSet {
	flags := c.Flags()
	flags.SortFlags = false
	return flags
}

// withSettings returns the commands below one that read settings, with those below them.
func withSettings(c *cobra.Command) (all []*cobra.Command) {
	for _, below := range c.Commands() {
		if below.PersistentPreRunE == nil {
			all = append(append(all, below), withSettings(below)...)
		}
	}
	return all
}

// flagGroup is a heading of help for the flags under it.
type flagGroup struct {
	heading string
	topic   string // the help page that lists them
}

// The groups.
var (
	ownFlags    = flagGroup{"Flags", ""}
	whatToShow  = flagGroup{"What to show", ""}
	nightly     = flagGroup{"Nightly runs", "nightly"}
	whatToSend  = flagGroup{"What to send", "mapping"}
	whoIsWho    = flagGroup{"Who is who", "identity"}
	tryFirst    = flagGroup{"Try it first", "sending"}
	safety      = flagGroup{"Safety", "sending"}
	resuming    = flagGroup{"Resuming and repeating", "sending"}
	attributes  = flagGroup{"Names and attributes", "mapping"}
	reading     = flagGroup{"Reading files", "reading"}
	pace        = flagGroup{"Connection and pace", "sending"}
	unattended  = flagGroup{"Unattended runs", cronTopic}
	outputFlags = flagGroup{"Output and settings", "environment"}
)

// flagGroups are all groups, in the order of help.
var flagGroups = []flagGroup{
	ownFlags, whatToShow, nightly, whatToSend, whoIsWho, tryFirst, safety, resuming, attributes, reading, pace, unattended, outputFlags,
}

// fact notes one thing about a flag.
type fact func(f *pflag.Flag)

// describe notes everything about a flag: its group, the kind of value that it takes (in capitals; empty for
// a switch), and more.
func describe(flags *pflag.FlagSet, name string, group flagGroup, takes string, facts ...fact) {
	f := flags.Lookup(name) // which must exist
	setFact(f, groupFact, group.heading)
	if takes != "" {
		setFact(f, takesFact, takes)
	}
	if group.topic != "" {
		setFact(f, topicFact, group.topic)
	}
	for _, fact := range facts {
		fact(f)
	}
}

func setFact(f *pflag.Flag, name string, values ...string) {
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[name] = values
}

// inShort puts a flag into the short help of these commands, or of all that have it if none is named.
func inShort(commands ...string) fact {
	return func(f *pflag.Flag) { setFact(f, shortFact, commands...) }
}

// onPage puts a flag on another help page than that of its group.
func onPage(topic string) fact { return func(f *pflag.Flag) { setFact(f, topicFact, topic) } }

// sendsSame marks a flag that changes only how something is sent, or what is printed. A run can be resumed
// only with the same values of all flags that have no such mark.
func sendsSame(f *pflag.Flag) { setFact(f, sameFact) }

// isRead marks a flag whose files are read, so that nothing may be written in their place.
func isRead(f *pflag.Flag) { setFact(f, readFact) }

// mayBeEmpty marks a flag that has a meaning without a value, or that reports a missing value itself.
func mayBeEmpty(f *pflag.Flag) { setFact(f, emptyFact) }

// commandLineOnly marks a flag that makes sense only on a command line, so that no environment variable sets
// it.
func commandLineOnly(f *pflag.Flag) { setFact(f, commandLineFact) }

// oneOf gives the only values that a flag takes, each with a tab and its meaning.
func oneOf(values ...string) fact {
	return func(f *pflag.Flag) {
		setFact(f, valuesFact, values...)
		setFact(f, onlyFact)
		setFact(f, takesFact, strings.Join(namesOf(values), "|"))
	}
}

// listOf is oneOf for a flag that takes several values, separated by commas.
func listOf(values ...string) fact {
	return func(f *pflag.Flag) { setFact(f, valuesFact, values...); setFact(f, onlyFact); setFact(f, listFact) }
}

// suggesting gives values of a flag that takes others too, or that checks its values itself.
func suggesting(values ...string) fact {
	return func(f *pflag.Flag) { setFact(f, valuesFact, values...) }
}

// withExtensions gives the usual extensions of the files that a flag names.
func withExtensions(extensions ...string) fact {
	return func(f *pflag.Flag) { setFact(f, extensionsFact, extensions...) }
}

// namesOf returns values without their meanings.
func namesOf(values []string) (names []string) {
	for _, value := range values {
		name, _, _ := strings.Cut(value, "\t")
		names = append(names, name)
	}
	return names
}

// hasFact reports whether a fact was noted about a flag.
func hasFact(f *pflag.Flag, name string) bool {
	_, ok := f.Annotations[name]
	return ok
}

// factText returns what was noted about a flag, empty for nothing.
func factText(f *pflag.Flag, name string) string {
	return strings.Join(f.Annotations[name], " ")
}

// inShortHelp reports whether the short help of a command has a flag.
func inShortHelp(c *cobra.Command, f *pflag.Flag) bool {
	commands := f.Annotations[shortFact]
	return hasFact(f, shortFact) && (len(commands) == 0 || slices.Contains(commands, c.Name()))
}
