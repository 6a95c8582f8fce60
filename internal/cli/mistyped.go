package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// unknownFlag is the error of a flag that a command does not have, with the one that may be meant. What
// stands behind its name, as in -kSECRET or --key:SECRET, is not shown.
func unknownFlag(c *cobra.Command, e *pflag.NotExistError) error {
	dashes, typed := "--", e.GetSpecifiedName()
	if group := e.GetSpecifiedShortnames(); group != "" {
		dashes, typed = "-", group
	}
	name := typed[:len(typed)-len(strings.TrimLeft(typed, "abcdefghijklmnopqrstuvwxyz-"))]
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if meant := closest(name, known); meant != "" {
		return fmt.Errorf("unknown flag: %s%s; did you mean --%s?", dashes, name, meant)
	}
	if dashes == "-" {
		_, size := utf8.DecodeRuneInString(typed)
		name = typed[:size]
	}
	if name != typed {
		name += "..."
	}
	return fmt.Errorf("unknown flag: %s%s", dashes, name)
}

// noSuchCommand refuses what is typed in the place of a command, and names the one that may be meant.
func noSuchCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("unknown command %s", meant(args[0], belowOf(root)))
}

// meant is a mistyped name in quotes, with the one that may be meant.
func meant(typed string, names []string) string {
	text := strconv.Quote(shown(typed))
	if name := closest(strings.ToLower(typed), names); name != "" {
		text += "; did you mean " + name + "?"
	}
	return text
}

// shown is what an error shows of a mistyped name: not what follows the letters of a name, as in
// API_KEY=..., which may be secret.
func shown(typed string) string {
	end := strings.IndexFunc(typed, func(r rune) bool {
		return !strings.ContainsRune(" _./-", r) && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	})
	if end < 0 {
		return typed
	}
	return typed[:end] + "..."
}

// checkChoice refuses a value that a flag with a choice of them does not have. Blanks around the names of
// a list do not count.
func checkChoice(f *pflag.Flag, text string) error {
	if !known(f, onlyFact) {
		return nil
	}
	parts := []string{text}
	if known(f, listFact) {
		parts = strings.Split(text, ",")
	}
	names := namesOf(f.Annotations[valuesFact])
	for _, part := range parts {
		if part = strings.TrimSpace(part); !slices.Contains(names, part) {
			return fmt.Errorf("--%s must be %s, not %s", f.Name, alternatives(names), meant(part, names))
		}
	}
	return nil
}

// valuesText says what a flag may be set to: its choices, or the kind of value.
func valuesText(f *pflag.Flag) string {
	if known(f, onlyFact) {
		return alternatives(namesOf(f.Annotations[valuesFact]))
	}
	return theFact(f, takesFact)
}

// alternatives lists names with "or" before the last.
func alternatives(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
