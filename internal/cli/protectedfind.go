package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// protectedStates are the state directory that was named and those in the user's default place. Which of
// these a run uses is known only after its first request.
func (p *program) protectedStates(flags *pflag.FlagSet) []protectedPath {
	dirs, _ := p.stateDirs("") // without a home directory there are none
	dirs = append(dirs, valuesOf(flags.Lookup(stateFlag))...)
	var all []protectedPath
	for _, dir := range dirs {
		all = append(all, protectedPath{path: dir, description: "in the state directory " + dir})
	}
	return all
}

// findProtected finds what a command line and its settings name that no output may replace.
func (p *program) findProtected(c *cobra.Command, args []string) (s protected) {
	settings, _ := p.envFile(c.Flags())
	for _, path := range []string{settings, defaultEnvFile} {
		s.files = append(s.files, protectedPath{path: path, description: "the settings file " + path})
	}
	for _, name := range []string{varSiteID + "_FILE", varAPIKey + "_FILE"} {
		if path := p.setting(name); path != "" {
			s.files = append(s.files, protectedPath{path: path, description: "the file that " + name + " names"})
		}
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if hasFact(f, readFact) {
			for _, path := range valuesOf(f) {
				s.add(path, "the file of --"+f.Name)
			}
		}
	})
	for _, arg := range args {
		if arg == stdinSource {
			s.addStdin(p.env.Stdin)
			continue
		}
		s.add(arg, "the source "+arg)
	}
	s.states = p.protectedStates(c.Flags())
	for _, flag := range []string{stateFlag, tmpFlag, cacheFlag} {
		for _, path := range valuesOf(c.Flags().Lookup(flag)) {
			s.dirs = append(s.dirs, protectedPath{path: path, description: "the directory of --" + flag})
		}
	}
	return s
}
