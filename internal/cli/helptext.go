package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/cli/terminal"
)

// allFlag makes help show all flags of a command.
const (
	allFlag      = "all"
	allNeedsHelp = "--all goes with --help: it shows all flags of a command"
)

// quietInShortHelpOf are the commands whose short help has room for --quiet.
var quietInShortHelpOf = []string{"ph2cio", "inspect", "explain", checkCommand, "status", "sandbox", "version", "completion"}

// help writes the help of a command or a topic.
func (p *program) help(c *cobra.Command, _ []string) {
	h := &helpText{command: c, width: p.columns(), style: p.style(p.env.StdoutTerminal), all: p.allFlags}
	h.write()
	_, p.helpFailed = io.WriteString(c.OutOrStdout(), h.String())
}

// helpText builds a page of help.
type helpText struct {
	strings.Builder
	command *cobra.Command
	width   int
	style   terminal.Style
	all     bool // flags
}

func (h *helpText) write() {
	c := h.command
	if c.IsAdditionalHelpTopicCommand() {
		fmt.Fprintln(h, strings.Trim(layOut(topicText(c.Root(), c.Name(), h.width), h.width), "\n"))
		return
	}
	fmt.Fprintln(h, strings.TrimSpace(layOut(longText(c), h.width)))
	use := c.UseLine()
	if !c.HasParent() {
		use = c.CommandPath() + " COMMAND"
	}
	fmt.Fprintf(h, "\n%s %s\n", h.style.Bold("Usage:"), use)
	if c.HasParent() {
		h.examples()
		h.commands()
	} else {
		h.commands()
		h.examples()
		h.topics()
	}
	h.flags()
}

// longText says what a command does, in full.
func longText(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}

func (h *helpText) heading(text string) { fmt.Fprintln(h, h.style.Bold(text+":")) }

func (h *helpText) examples() {
	if h.command.HasExample() {
		fmt.Fprintln(h)
		h.heading("Examples")
		fmt.Fprintln(h, h.command.Example)
	}
}

// commands lists the subcommands by their groups.
func (h *helpText) commands() {
	if !h.command.HasAvailableSubCommands() {
		return
	}
	fmt.Fprintln(h)
	groups := h.command.Groups()
	if len(groups) == 0 {
		groups = []*cobra.Group{{Title: "Commands"}}
	}
	width := 0
	for _, c := range h.command.Commands() {
		if c.IsAvailableCommand() {
			width = max(width, len(c.Name()))
		}
	}
	for _, group := range groups {
		h.heading(group.Title)
		for _, c := range h.command.Commands() {
			if c.IsAvailableCommand() && c.GroupID == group.ID {
				h.entry(fmt.Sprintf("  %-*s", width, c.Name()), c.Short, width+4)
			}
		}
	}
}

// topics names the help topics.
func (h *helpText) topics() {
	var names []string
	for _, c := range h.command.Commands() {
		if c.IsAdditionalHelpTopicCommand() {
			names = append(names, c.Name())
		}
	}
	fmt.Fprintln(h)
	h.heading("More help (ph2cio COMMAND --help, ph2cio help TOPIC)")
	fmt.Fprintln(h, "  "+terminal.Wrap(strings.Join(names, ", "), h.width, 2))
}

// entry writes a name and a text. The text begins in the given column if the name leaves room for that.
func (h *helpText) entry(name, text string, column int) {
	if wide := terminal.ColumnsOf(name); wide+2 > column {
		if wide+2+terminal.ColumnsOf(text) <= h.width {
			fmt.Fprintln(h, name+"  "+text)
			return
		}
		fmt.Fprintln(h, name)
		name = ""
	}
	fmt.Fprintln(h, name+strings.Repeat(" ", column-terminal.ColumnsOf(name))+terminal.Wrap(text, h.width, column))
}

// flags lists the flags of a command by their groups: the most used ones, or all.
func (h *helpText) flags() {
	shown, more := h.chooseFlags()
	h.flagGroups(shown)
	if len(more) == 0 {
		return
	}
	var topics []string
	for _, f := range more {
		if name := factText(f, topicFact); name != "" && factText(f, groupFact) != outputFlags.heading && !slices.Contains(topics, name) && listsFlags(name) {
			topics = append(topics, name)
		}
	}
	text := "More flags: " + h.command.CommandPath() + " --help --all"
	if len(topics) > 0 {
		text += ", or by topic: ph2cio help TOPIC (" + strings.Join(topics, ", ") + ")"
	}
	fmt.Fprintln(h, "\n"+terminal.Wrap(text, h.width, 0))
}

// chooseFlags returns the flags to show, and those that short help leaves out.
func (h *helpText) chooseFlags() (shown, more []*pflag.Flag) {
	simple := !slices.ContainsFunc(flagsOf(h.command), func(f *pflag.Flag) bool {
		return factText(f, groupFact) != outputFlags.heading && !inShortHelp(h.command, f)
	})
	for _, f := range flagsOf(h.command) {
		if h.all || simple || !hasFact(f, groupFact) || inShortHelp(h.command, f) {
			shown = append(shown, f)
		} else {
			more = append(more, f)
		}
	}
	return shown, more
}

// flagsOf returns the flags of a command in the order of definition, its own first.
func flagsOf(c *cobra.Command) (flags []*pflag.Flag) {
	add := func(f *pflag.Flag) {
		if !f.Hidden && f.Name != "help" {
			flags = append(flags, f)
		}
	}
	c.LocalFlags().SortFlags = false
	c.InheritedFlags().SortFlags = false
	c.LocalFlags().VisitAll(add)
	if c.Runnable() && c.Name() != "help" {
		c.InheritedFlags().VisitAll(add)
	}
	return flags
}

// flagGroups writes flags under the headings of their groups.
func (h *helpText) flagGroups(flags []*pflag.Flag) {
	column := flagColumn(flags, h.width)
	begun := false
	for _, group := range append([]flagGroup{{}}, flagGroups...) {
		ofGroup := slices.DeleteFunc(slices.Clone(flags), func(f *pflag.Flag) bool { return factText(f, groupFact) != group.heading })
		if len(ofGroup) == 0 {
			continue
		}
		if h.all || !begun {
			fmt.Fprintln(h)
		}
		begun = true
		h.heading(cmp.Or(group.heading, "Flags"))
		for _, f := range ofGroup {
			h.entry(flagName(f), h.flagText(f, column), column)
		}
	}
}

// flagText is the text of help about a flag. Short help leaves out what follows a semicolon if it does not
// fit into the line.
func (h *helpText) flagText(f *pflag.Flag, column int) string {
	text := f.Usage + defaultText(f)
	if brief, _, ok := strings.Cut(f.Usage, "; "); ok && !h.all && max(column, terminal.ColumnsOf(flagName(f))+2)+terminal.ColumnsOf(text) > h.width {
		return brief + defaultText(f)
	}
	return text
}

// flagName is a flag with the kind of value that it takes, as lists show it.
func flagName(f *pflag.Flag) string {
	name := "  "
	if f.Shorthand != "" {
		name += "-" + f.Shorthand + ", "
	}
	return strings.TrimRight(name+"--"+f.Name+" "+factText(f, takesFact), " ")
}

// flagColumn is the column in which the texts of some flags begin. In narrow terminals they begin below the
// names.
func flagColumn(flags []*pflag.Flag, width int) (column int) {
	const most, narrow = 26, 60 // a name wider than most moves its text
	if width < narrow {
		return 6
	}
	for _, f := range flags {
		if wide := terminal.ColumnsOf(flagName(f)) + 2; wide <= most {
			column = max(column, wide)
		}
	}
	return cmp.Or(column, most)
}

// defaultText says the default of a flag, empty if there is none or if the flag's own text says it.
func defaultText(f *pflag.Flag) string {
	text := strings.Trim(f.DefValue, "[]")
	if f.Value.Type() == "bool" || slices.Contains([]string{"", "0", "0s"}, text) {
		return ""
	}
	return " (default " + text + ")"
}

// topicFlags lists the flags of one topic. If several commands have a flag of the same name, the first one
// counts.
func topicFlags(root *cobra.Command, name string, width int) string {
	h := &helpText{width: width, all: true}
	var flags []*pflag.Flag
	seen := map[string]bool{}
	for _, c := range sendersFirst(root) {
		for _, f := range flagsOf(c) {
			if factText(f, topicFact) == name && !seen[f.Name] {
				seen[f.Name] = true
				flags = append(flags, f)
			}
		}
	}
	slices.SortStableFunc(flags, func(a, b *pflag.Flag) int { return cmp.Compare(groupOrder(a), groupOrder(b)) })
	column := flagColumn(flags, h.width)
	for _, f := range flags {
		h.entry(flagName(f), f.Usage+defaultsText(root, f), column)
	}
	return h.String()
}

// defaultsText is defaultText for all commands that have a flag of this name.
func defaultsText(root *cobra.Command, f *pflag.Flag) string {
	var others []string
	value := ""
	for _, c := range root.Commands() {
		if other := c.Flags().Lookup(f.Name); other != nil && other.DefValue != f.DefValue && factText(other, topicFact) == factText(f, topicFact) {
			others, value = append(others, c.Name()), other.DefValue
		}
	}
	text := defaultText(f)
	if len(others) > 0 && text != "" {
		text = strings.TrimSuffix(text, ")") + "; " + value + " in " + strings.Join(others, " and ") + ")"
	}
	return text
}

// sendersFirst returns the commands that send, then the others, since the former say of a flag what it means
// for sending.
func sendersFirst(root *cobra.Command) (commands []*cobra.Command) {
	var others []*cobra.Command
	for _, c := range root.Commands() {
		if slices.Contains([]string{backfillCommand, syncCommand, retryCommand}, c.Name()) {
			commands = append(commands, c)
		} else {
			others = append(others, c)
		}
	}
	return append(commands, others...)
}

// groupOrder is the position of a flag's group in help.
func groupOrder(f *pflag.Flag) int {
	return slices.IndexFunc(flagGroups, func(g flagGroup) bool { return g.heading == factText(f, groupFact) })
}
