package cli

import "strings"

// namesPath are the flags whose values are paths.
var namesPath = []string{stateFlag, tmpFlag, metricsFlag, operationsFlag, profileFlag, envFileFlag, "existing", "persons", "exclude-people", "ca-cert"}

// tildeAdvice says what to do about a path that startsWithTilde.
const tildeAdvice = "~ is not expanded here; write the full path of your home directory"

// startsWithTilde reports whether a path begins with a ~ that a shell would have made the home directory: in
// a file of settings, or in quotes, none does, and a directory of that name would be another one.
func startsWithTilde(path string) bool { return path == "~" || strings.HasPrefix(path, "~/") }
