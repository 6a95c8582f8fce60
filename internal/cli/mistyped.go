package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/exit"
	"ph2cio/internal/report"
)

// unknownFlag is the error about a flag that a command does not have, with a suggestion. What follows the
// flag's name, as in -kSECRET or --key:SECRET, is not shown.
func unknownFlag(c *cobra.Command, e *pflag.NotExistError) error {
	dashes, typed := "--", e.GetSpecifiedName()
	if group := e.GetSpecifiedShortnames(); group != "" {
		dashes, typed = "-", group
	}
	name := typed[:len(typed)-len(strings.TrimLeft(typed, "abcdefghijklmnopqrstuvwxyz-"))]
	if spelt := strings.ReplaceAll(strings.ToLower(typed), "_", "-"); hasFlag(c, spelt) {
		return fmt.Errorf("unknown flag: --%s; did you mean --%s?", typed, spelt)
	}
	advice := ""
	if len(name) > 1 || name == typed {
		advice = flagAdvice(c, name)
	}
	if dashes == "-" && advice == "" {
		_, size := utf8.DecodeRuneInString(typed)
		name = typed[:size]
	}
	if name != typed {
		name += "..."
	}
	if advice != "" {
		advice = "; " + advice
	}
	return fmt.Errorf("unknown flag: %s%s%s", dashes, name, advice)
}

// flagAdvice suggests what an unknown flag may mean, empty if nothing is similar.
func flagAdvice(c *cobra.Command, name string) string {
	if advice := flagAdviceByName[name]; advice != "" {
		return advice
	}
	for meant := range strings.FieldsSeq(otherNames[name]) {
		if hasFlag(c, meant) {
			return "did you mean --" + meant + "?"
		}
	}
	if having := commandsWith(c.Root(), name); having != "" {
		return "it is a flag of " + having
	}
	var own []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			own = append(own, f.Name)
		}
	})
	if meant := closest(name, own); meant != "" {
		return "did you mean --" + meant + "?"
	}
	for end := strings.LastIndex(name, "-"); end > 0; end = strings.LastIndex(name[:end], "-") {
		if hasFlag(c, name[:end]) {
			return "did you mean --" + name[:end] + "?"
		}
	}
	if meant := closest(name, flagNames(c.Root())); meant != "" {
		return "did you mean --" + meant + ", a flag of " + commandsWith(c.Root(), meant) + "?"
	}
	return ""
}

func hasFlag(c *cobra.Command, name string) bool {
	f := c.Flags().Lookup(name)
	return f != nil && !f.Hidden
}

// flagNames returns the names of the flags of all commands.
func flagNames(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		for _, f := range flagsOf(c) {
			if !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// commandsWith lists the commands that have a flag; empty for none.
func commandsWith(root *cobra.Command, flag string) string {
	if hasFlag(root, flag) {
		return "every command"
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && hasFlag(c, flag) {
			names = append(names, c.Name())
		}
	}
	return report.InWords(names, "and")
}

// unknownCommand refuses an unknown command, and suggests another one.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	typed := "unknown command " + strconv.Quote(withoutSecret(args[0]))
	switch command := otherCommands[strings.ToLower(args[0])]; {
	case strings.Contains(command, " "):
		return &problem{err: errors.New(typed), code: exit.Usage, hint: command}
	case command != "":
		return fmt.Errorf("%s; did you mean %s?", typed, command)
	case pathExists(args[0]):
		return &problem{err: errors.New(typed), code: exit.Usage, hint: "to see what is in it, type: ph2cio inspect " + shellJoin(args[:1])}
	}
	return fmt.Errorf("unknown command %s", withSuggestion(args[0], subcommandNames(root)))
}

// noArguments refuses arguments of a command that takes none.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	_, name, _ := strings.Cut(c.CommandPath(), " ")
	err := fmt.Errorf("%s takes no arguments, but was given %s", name, strconv.Quote(withoutSecret(args[0])))
	if extension := filepath.Ext(args[0]); c.Flags().Lookup(mappingFlag) != nil && (extension == ".yaml" || extension == ".yml") {
		return &problem{err: err, code: exit.Usage, hint: "name the file with --" + mappingFlag + " " + shellJoin(args[:1])}
	}
	return err
}

// helpHint names the help of the command that was typed.
func (p *program) helpHint() string {
	c, _, err := p.root.Find(p.args)
	if err != nil || !c.HasParent() || c.Name() == "help" || c.IsAdditionalHelpTopicCommand() {
		return "`ph2cio --help` lists commands, topics and flags"
	}
	if _, more := (&helpText{command: c}).chooseFlags(); len(more) > 0 {
		return "`" + c.CommandPath() + " --help --all` lists all its flags"
	}
	return "`" + c.CommandPath() + " --help` shows how to use it"
}

// withSuggestion is a mistyped name in quotes, with the name that it may mean.
func withSuggestion(typed string, names []string) string {
	text := strconv.Quote(withoutSecret(typed))
	if name := closest(strings.ToLower(typed), names); name != "" {
		text += "; did you mean " + name + "?"
	}
	return text
}

// withoutSecret cuts a mistyped name where its letters end, because what follows, as in API_KEY=..., may be
// secret.
func withoutSecret(typed string) string {
	end := strings.IndexFunc(typed, func(r rune) bool {
		return !strings.ContainsRune(" _./-", r) && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	})
	if end < 0 {
		return typed
	}
	return typed[:end] + "..."
}

// checkChoice refuses a value that is not one of a flag's choices. Blanks around the names of a list are
// ignored.
func checkChoice(f *pflag.Flag, text string) error {
	if !hasFact(f, onlyFact) {
		return nil
	}
	parts := []string{text}
	if hasFact(f, listFact) {
		parts = strings.Split(text, ",")
	}
	names := namesOf(f.Annotations[valuesFact])
	for _, part := range parts {
		if part = strings.TrimSpace(part); !slices.Contains(names, part) {
			return fmt.Errorf("--%s must be %s, not %s", f.Name, report.InWords(names, "or"), withSuggestion(part, names))
		}
	}
	return nil
}

// valuesText says which values a flag takes.
func valuesText(f *pflag.Flag) string {
	if hasFact(f, onlyFact) {
		return report.InWords(namesOf(f.Annotations[valuesFact]), "or")
	}
	return factText(f, takesFact)
}
