package cli

import "strings"

// setting returns the value of a setting, empty if it is not set.
func (p *program) setting(name string) string {
	value, _ := p.lookup(name)
	return value
}

// settingOrigin names a setting that is not a flag, and where its value came from.
func (p *program) settingOrigin(name string) string {
	if _, ok := p.env.Getenv(name); ok {
		return name + " in the environment"
	}
	return name + " in " + p.dotenv.path
}

// variable is the environment's name for a flag: --batch-items is PH2CIO_BATCH_ITEMS.
func variable(flag string) string {
	return "PH2CIO_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
