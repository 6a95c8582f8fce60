package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What help, completion and errors know of a flag stands where the flag is defined: see describe. The
// flag's library keeps it as annotations, under these names.
const (
	groupFact       = "group"
	topicFact       = "topic"  // the help page that lists the flag
	takesFact       = "takes"  // the kind of value
	valuesFact      = "values" // all that there are, each with what it means behind a tab
	onlyFact        = "only"   // no other values are taken
	listFact        = "list"   // several values may be given, separated by commas
	extensionsFact  = "extensions"
	sameFact        = "same"  // it does not change what is sent
	readFact        = "read"  // the files that it names are read
	emptyFact       = "empty" // it may be given without a value
	commandLineFact = "typed" // it is taken from the command line alone
	shortFact       = "short" // in the short help of every command that has the flag, or of those that are named
)

// flagsInOrder returns the flags of a command, which keep the order in which they are defined.
func flagsInOrder(c *cobra.Command) *pflag.FlagSet {
	flags := c.Flags()
	flags.SortFlags = false
	return flags
}

// flagGroup is flags that stand together in help, under a heading.
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

// flagGroups has them in the order of help.
var flagGroups = []flagGroup{
	ownFlags, whatToShow, nightly, whatToSend, whoIsWho, tryFirst, safety, resuming, attributes, reading, pace, unattended, outputFlags,
}

// fact is one thing to know of a flag.
type fact func(f *pflag.Flag)

// describe notes what there is to know of a flag: its group, the kind of value it takes (in capitals;
// empty for a switch), and more.
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

// inShort puts a flag into the short help of these commands, or of all that have it.
func inShort(commands ...string) fact {
	return func(f *pflag.Flag) { setFact(f, shortFact, commands...) }
}

// onPage names the help page of a flag that is not on that of its group.
func onPage(topic string) fact { return func(f *pflag.Flag) { setFact(f, topicFact, topic) } }

// sendsSame is noted of a flag that does not change what is sent, only how, or what is told. A flag without it is taken to change
// it: a run that is resumed must have the same value.
func sendsSame(f *pflag.Flag) { setFact(f, sameFact) }

// isRead is noted of a flag whose files are read, so that nothing may be written in their place.
func isRead(f *pflag.Flag) { setFact(f, readFact) }

// mayBeEmpty is noted of a flag that means something without a value, or says better itself that it needs one.
func mayBeEmpty(f *pflag.Flag) { setFact(f, emptyFact) }

// commandLineOnly is noted of a flag that makes sense only once, on a command line, and not in the environment.
func commandLineOnly(f *pflag.Flag) { setFact(f, commandLineFact) }

// oneOf has the only values of a flag, each with what it means behind a tab.
func oneOf(values ...string) fact {
	return func(f *pflag.Flag) {
		setFact(f, valuesFact, values...)
		setFact(f, onlyFact)
		setFact(f, takesFact, strings.Join(namesOf(values), "|"))
	}
}

// listOf has the only values of a flag that takes several, separated by commas.
func listOf(values ...string) fact {
	return func(f *pflag.Flag) { setFact(f, valuesFact, values...); setFact(f, onlyFact); setFact(f, listFact) }
}

// suggesting has values of a flag that may take others too, or checks them itself.
func suggesting(values ...string) fact {
	return func(f *pflag.Flag) { setFact(f, valuesFact, values...) }
}

// withExtensions has what the names of the files end in that a flag takes as a rule.
func withExtensions(extensions ...string) fact {
	return func(f *pflag.Flag) { setFact(f, extensionsFact, extensions...) }
}

// namesOf are values without what they mean.
func namesOf(values []string) (names []string) {
	for _, value := range values {
		name, _, _ := strings.Cut(value, "\t")
		names = append(names, name)
	}
	return names
}

// hasFact says whether a fact was noted of a flag.
func hasFact(f *pflag.Flag, name string) bool {
	_, ok := f.Annotations[name]
	return ok
}

// factText is what was noted of a flag, empty for nothing.
func factText(f *pflag.Flag, name string) string {
	return strings.Join(f.Annotations[name], " ")
}

// inShortHelp says whether a command's short help has a flag.
func inShortHelp(c *cobra.Command, f *pflag.Flag) bool {
	commands := f.Annotations[shortFact]
	return hasFact(f, shortFact) && (len(commands) == 0 || slices.Contains(commands, c.Name()))
}
