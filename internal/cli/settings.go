package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
)

// createsSettings is the annotation of a command that makes the settings file, so that it need not be there.
const createsSettings = "creates-settings"

const (
	envFileFlag    = "env-file"
	defaultEnvFile = ".env"
)

// lookup finds a setting in the environment, else in the .env file.
func (p *program) lookup(name string) (string, bool) {
	if value, ok := p.env.Getenv(name); ok {
		return value, true
	}
	value, ok := p.dotenv.values[name]
	return value, ok
}

// applySettings gives every flag that was not typed its value, in this order:
//  1. the flag on the command line
//  2. the environment, PH2CIO_ and the flag's name
//  3. the .env file, the same names
//
// What is left then gets the setting of the mapping file, if it has one, or its default: see applyMappingFile.
func (p *program) applySettings(c *cobra.Command) error {
	// After an error the environment is still read: it may say how errors are reported.
	errs := []error{p.readDotenv(c)}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || !configurable(f) || f.Name == envFileFlag {
			return
		}
		if value := p.setting(variable(f.Name)); value != "" {
			p.origins[f.Name] = p.settingOrigin(variable(f.Name))
			err := p.checkQuotes(f, value)
			if err == nil {
				err = setFlag(c.Flags(), f, value)
			}
			errs = append(errs, err)
		}
	})
	errs = append(errs, p.openLog(c.Flag(logFlag).Value.String(), c.Name(), c.Flag(logFileFlag).Value.String() != ""))
	return errors.Join(errs...)
}

// warnOfSettings warns of what looks wrong in the settings.
func (p *program) warnOfSettings(c *cobra.Command) {
	p.warnDotenv()
	p.warnUnknown(c)
}

// checkQuotes refuses a value from the environment with blanks or quotes around it. Some programs that read
// settings files keep the quotes, and a state directory with quotes in its name would be another one.
func (p *program) checkQuotes(f *pflag.Flag, value string) error {
	if _, ok := p.env.Getenv(variable(f.Name)); !ok || f.Value.Type() != "string" || f.Name == dotsFlag {
		return nil
	}
	first, last := value[0], value[len(value)-1]
	if strings.TrimSpace(value) == value && (first != last || first != '"' && first != '\'') {
		return nil
	}
	return fmt.Errorf("--%s has spaces or quotes around its value, which would become part of it; remove them", f.Name)
}

// setFlag gives a flag the value of its variable. A flag that may be repeated takes one value a line. A value
// that the flag does not take becomes a mistake: see checkedValue.
func setFlag(flags *pflag.FlagSet, f *pflag.Flag, value string) error {
	values := []string{value}
	if f.Value.Type() == "stringArray" {
		values = strings.FieldsFunc(value, func(r rune) bool { return r == '\n' || r == '\r' })
	}
	for _, one := range values {
		if err := flags.Set(f.Name, one); err != nil {
			return err
		}
	}
	return nil
}

// configurable reports whether the environment may set a flag.
func configurable(f *pflag.Flag) bool {
	return f.Name != "help" && !hasFact(f, commandLineFact) && !f.Hidden
}

// readDotenv reads the .env file. The environment of the process stays as it is: see useStoreSettings.
func (p *program) readDotenv(c *cobra.Command) error {
	path, named := p.envFile(c.Flags())
	if startsWithTilde(path) {
		return &problem{err: errors.New(named + tildeAdvice), code: exit.Usage}
	}
	d, err := loadSettingsFile(path)
	if _, creates := c.Annotations[createsSettings]; errors.Is(err, fs.ErrNotExist) && (named == "" || creates) {
		return nil
	}
	if err != nil {
		return &problem{err: fmt.Errorf("%s%w", named, err), code: exit.Usage, hint: pathHint(path, err)}
	}
	p.dotenv = d
	return nil
}

// envFile returns the path of the settings file, and how an error names what chose it, empty for the default.
func (p *program) envFile(flags *pflag.FlagSet) (path, named string) {
	if f := flags.Lookup(envFileFlag); f != nil && f.Changed {
		return f.Value.String(), "--" + envFileFlag + ": "
	}
	if value := p.env.get(variable(envFileFlag)); value != "" {
		return value, variable(envFileFlag) + " in the environment: "
	}
	return defaultEnvFile, ""
}

// peekAtDotenv reads the .env file if a mistake on the command line has prevented that: it may say how errors
// are reported.
func (p *program) peekAtDotenv() {
	if p.dotenv.path == "" {
		path, _ := commandLineValue(p.args, envFileFlag)
		d, err := loadSettingsFile(cmp.Or(path, p.env.get(variable(envFileFlag)), defaultEnvFile))
		if err == nil {
			p.dotenv = d
		}
	}
}

// warnDotenv warns of what looks wrong in the .env file, which is used all the same.
func (p *program) warnDotenv() {
	for _, warning := range p.dotenv.warnings {
		p.warnText(p.dotenv.path + ": " + warning)
	}
	if _, ok := p.dotenv.values[variable(envFileFlag)]; ok {
		p.warn("%s in %s has no effect; set it in the environment, or use --%s", variable(envFileFlag), p.dotenv.path, envFileFlag)
	}
	if info, err := os.Stat(p.dotenv.path); err == nil && info.Mode().IsRegular() && readableByOthers(info.Mode()) {
		p.warn("other users of this machine can read %s, which may hold credentials; run: chmod 600 %s", p.dotenv.path, escape.Shell(p.dotenv.path))
	}
}

// warnUnknown warns of PH2CIO_ variables that no flag reads, since a misspelt one would go unnoticed. In the
// settings file it also warns of names that are nearly ours; in the environment those may belong to another
// program.
func (p *program) warnUnknown(c *cobra.Command) {
	known := allVariables(c.Root())
	for _, name := range p.variableNames() {
		_, inFile := p.dotenv.values[name]
		upper := strings.ToUpper(name)
		if (strings.HasPrefix(name, "PH2CIO_") || inFile && isOurVariable(upper)) && !slices.Contains(known, name) {
			advice := "`ph2cio help environment` lists them all"
			if meant := closest(upper, known); meant != "" {
				advice = "did you mean " + meant + "?"
			}
			p.warnText(p.settingOrigin(name) + " is not a setting; " + advice)
		}
	}
}

func (p *program) variableNames() []string {
	var names []string
	for _, pair := range p.env.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	for name := range p.dotenv.values {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// allVariables lists every environment variable the program reads, sorted.
func allVariables(root *cobra.Command) []string {
	names := []string{varSiteID, varSiteID + "_FILE", varAPIKey, varAPIKey + "_FILE", varRegion, varTrackURL}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, set := range []*pflag.FlagSet{c.Flags(), c.PersistentFlags()} {
			set.VisitAll(func(f *pflag.Flag) {
				if configurable(f) {
					names = append(names, variable(f.Name))
				}
			})
		}
		for _, sub := range c.Commands() {
			if sub.Name() != completionCommand { // it reads no settings
				visit(sub)
			}
		}
	}
	visit(root)
	slices.Sort(names)
	return slices.Compact(names)
}
