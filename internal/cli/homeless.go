package cli

import "strings"

// namesPath are the flags whose values are paths.
var namesPath = []string{stateFlag, tmpFlag, metricsFlag, operationsFlag, profileFlag, envFileFlag, "existing", "persons", "exclude-people", "ca-cert"}

// whereIsHome is what is wrong with a path that is homeless.
const whereIsHome = "no shell has put your home directory in the place of ~: write it out"

// homeless reports whether a path begins with a ~ that a shell would have made the home directory: in a file of settings, or in
// quotes, none does, and a directory of that name would be another one.
func homeless(path string) bool { return path == "~" || strings.HasPrefix(path, "~/") }
