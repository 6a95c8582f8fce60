package cli

import (
	"fmt"

	"github.com/spf13/pflag"
)

// profilesFile is the file that lists the profiles of a run. Without a path there is none.
type profilesFile struct {
	path  string
	tried bool // it was written, or could not be
}

// addFlags adds the flag of commands that make profiles, or show which would be made, under a heading of help.
func (f *profilesFile) addFlags(flags *pflag.FlagSet, group flagGroup, description string) {
	flags.StringVar(&f.path, profilesCSVFlag, "", description)
	describe(flags, profilesCSVFlag, group, "FILE", sendsSame, onPage(reportTopic), withExtensions("csv"))
}

// What the flag is for, in commands that send and in preview.
const (
	listsMade     = "write every profile that the run makes or changes to a CSV file, so that you can undo it by hand"
	listsPreviews = "write every profile that would be made or changed to a CSV file"
)

// check refuses values that no run can use.
func (f *profilesFile) check() error {
	if f.path == stdinSource {
		return fmt.Errorf("--%s needs a file, not -", profilesCSVFlag)
	}
	return nil
}

// isWanted reports whether the run is to list its profiles.
func (f *profilesFile) isWanted() bool { return f.path != "" }
