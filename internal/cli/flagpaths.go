package cli

import (
	"strings"

	"github.com/spf13/pflag"
)

// namesPath reports whether the values of a flag are paths.
func namesPath(f *pflag.Flag) bool {
	takes := factText(f, takesFact)
	return takes == "FILE" || takes == "DIR"
}

// tildeAdvice says what to do about a path that startsWithTilde.
const tildeAdvice = "~ is not expanded here; write the full path of your home directory"

// startsWithTilde reports whether a path begins with a ~ that a shell would have replaced by the home
// directory. In a settings file or in quotes no shell does, and a directory of that name would be another
// one.
func startsWithTilde(path string) bool { return path == "~" || strings.HasPrefix(path, "~/") }
