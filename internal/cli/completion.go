package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
)

const completionCommand = "completion"

// completing reports whether a shell asks what can be typed next.
func completing(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// completeCommands sets what a shell completes for each command and flag.
func completeCommands(root *cobra.Command) {
	root.ValidArgsFunction = cobra.NoFileCompletions
	completeFlags(root, root.PersistentFlags())
	for _, c := range withSettings(root) {
		completeFlags(c, c.Flags())
		if !strings.Contains(c.Use, "SOURCE") && !strings.Contains(c.Use, "FILE") && c.ValidArgsFunction == nil {
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
}

// completeFlags sets what a shell completes for the values of a command's flags.
func completeFlags(c *cobra.Command, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() != "bool" {
			_ = c.RegisterFlagCompletionFunc(f.Name, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
				return completeValue(f, typed)
			})
		}
	})
}

// completeValue returns what a flag's value can be, given what is typed of it so far.
func completeValue(f *pflag.Flag, typed string) ([]string, cobra.ShellCompDirective) {
	switch takes := factText(f, takesFact); {
	case hasFact(f, listFact):
		return completeList(f.Annotations[valuesFact], typed)
	case hasFact(f, valuesFact):
		return withPrefix(typed, f.Annotations[valuesFact]), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	case takes == "DIR":
		return nil, cobra.ShellCompDirectiveFilterDirs
	case takes == "FILE" && hasFact(f, extensionsFact):
		return f.Annotations[extensionsFact], cobra.ShellCompDirectiveFilterFileExt
	case takes == "FILE":
		return nil, cobra.ShellCompDirectiveDefault
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeList completes the last of several values separated by commas, leaving out those already given.
func completeList(values []string, typed string) (all []string, _ cobra.ShellCompDirective) {
	before := typed[:strings.LastIndex(typed, ",")+1]
	for _, value := range values {
		if name, _, _ := strings.Cut(value, "\t"); !slices.Contains(strings.Split(before, ","), name) {
			all = append(all, before+value)
		}
	}
	return withPrefix(typed, all), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveKeepOrder
}

// completePages completes the commands and topics of the help command.
func completePages(c *cobra.Command, args []string, typed string) (pages []string, _ cobra.ShellCompDirective) {
	page, rest, err := c.Root().Find(args)
	if err == nil && len(rest) == 0 {
		for _, below := range page.Commands() {
			if page == c.Root() {
				if shown, _, _ := findPage(page, []string{below.Name()}); shown != below {
					continue // a topic has the same name
				}
			}
			if below.IsAvailableCommand() || below.IsAdditionalHelpTopicCommand() {
				pages = append(pages, below.Name()+"\t"+below.Short)
			}
		}
		if page == c.Root() {
			pages = append(pages, schemaPage+"\tThe JSON schema of what --json writes")
		}
	}
	return withPrefix(typed, pages), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// withPrefix returns the texts that begin with what is typed.
func withPrefix(typed string, all []string) (some []string) {
	for _, text := range all {
		if strings.HasPrefix(text, typed) {
			some = append(some, text)
		}
	}
	return some
}

// newCompletion is cobra's command of the same name, with one page of help for all shells. It reads no
// settings, since no script needs them.
func newCompletion() *cobra.Command {
	c := &cobra.Command{
		Use:   completionCommand + " SHELL",
		Short: "Print the script for your shell's Tab key",
		Long: `Prints a script that lets the Tab key complete commands, flags, values and help topics. Load it in the file that your shell
reads at its start; then open a new shell.

  bash        ~/.bashrc, with the package bash-completion
  zsh         ~/.zshrc, after compinit
  fish        ~/.config/fish/config.fish
  PowerShell  $PROFILE`,
		Example: `  source <(ph2cio completion bash)
  source <(ph2cio completion zsh)
  ph2cio completion fish | source
  ph2cio completion powershell | Out-String | Invoke-Expression`,
		Args: cobra.ArbitraryArgs, DisableFlagsInUseLine: true,
		PersistentPreRunE: withoutSettings,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return &problem{
				err: fmt.Errorf("there is no completion for %s", withSuggestion(args[0], subcommandNames(c))), code: exit.Usage,
				hint: "there is completion for " + strings.Join(subcommandNames(c), ", "),
			}
		},
	}
	for _, shell := range shells {
		c.AddCommand(newScript(shell))
	}
	return c
}

// shell is a shell that cobra has a script for.
type shell struct {
	name, title string
	write       func(root *cobra.Command, w io.Writer, describe bool) error
}

var shells = []shell{
	{"bash", "bash", bashScript},
	{"zsh", "zsh", oneOfTwo((*cobra.Command).GenZshCompletion, (*cobra.Command).GenZshCompletionNoDesc)},
	{"fish", "fish", (*cobra.Command).GenFishCompletion},
	{"powershell", "PowerShell", oneOfTwo((*cobra.Command).GenPowerShellCompletionWithDesc, (*cobra.Command).GenPowerShellCompletion)},
}

// oneOfTwo makes one function of cobra's two, which write a script with descriptions or without.
func oneOfTwo(with, without func(*cobra.Command, io.Writer) error) func(*cobra.Command, io.Writer, bool) error {
	return func(root *cobra.Command, w io.Writer, describe bool) error {
		if describe {
			return with(root, w)
		}
		return without(root, w)
	}
}

// newScript is the command that prints a shell's script.
func newScript(of shell) *cobra.Command {
	plain := false
	c := &cobra.Command{
		Use: of.name, Short: "Print the script for " + of.title, Args: noArguments, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error { return of.write(c.Root(), c.OutOrStdout(), !plain) },
	}
	c.Flags().BoolVar(&plain, "no-descriptions", false, "leave out what each completion means")
	describe(c.Flags(), "no-descriptions", ownFlags, "", inShort())
	return c
}

// bashScript writes cobra's script for bash, changed so that it completes lists: cobra's puts a backslash
// before each comma, which nobody types.
func bashScript(root *cobra.Command, w io.Writer, describe bool) error {
	var script strings.Builder
	if err := root.GenBashCompletionV2(&script, describe); err != nil {
		return err
	}
	const typed, inserted = `comp=$(printf "%q" "${compline%%$tab*}")`, `COMPREPLY[0]=$(printf "%q" "${COMPREPLY[0]%%$tab*}")`
	_, err := strings.NewReplacer(
		typed, typed+"\n        "+`comp=${comp//\\,/,}`,
		inserted, inserted+"\n        "+`COMPREPLY[0]=${COMPREPLY[0]//\\,/,}`,
	).WriteString(w, script.String())
	return err
}

// withoutSettings replaces the usual beginning of commands that need neither settings nor a log.
func withoutSettings(c *cobra.Command, _ []string) error {
	if f := c.Flag(allFlag); f != nil && f.Changed && c.Name() != "help" {
		return errors.New(allNeedsHelp)
	}
	return nil
}
