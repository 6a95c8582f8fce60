package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // so that --timezone works where the machine has no list of zones

	"github.com/spf13/pflag"

	"ph2cio/internal/posthog"
)

// readingOptions are the flags that say what a file does not say of itself.
type readingOptions struct {
	columns       []string
	timezone      string
	team          int64
	acceptDamaged bool
	exclude       []string
}

func (o *readingOptions) addFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.columns, "column", nil, "read a field under another name, `field=name`, in CSV and JSON; may be repeated")
	f.StringVar(&o.timezone, "timezone", "UTC", "`zone` of times that are written without one, such as Europe/Berlin")
	f.Int64Var(&o.team, "team", 0, "skip rows with another team_id than this `number`")
	f.BoolVar(&o.acceptDamaged, "accept-damaged", false, "use rows of compressed files whose checksum is wrong too; their values may be")
	f.StringSliceVar(&o.exclude, "exclude", nil, "leave out files with these `names` or paths (globs allowed), comma-separated")
	annotate(f, "reading", "column", "timezone", "team", "accept-damaged", "exclude")
}

// options returns how to read. Errors name the flag.
func (o *readingOptions) options() (posthog.Options, error) {
	options := posthog.Options{AcceptDamaged: o.acceptDamaged}
	var errs []error
	for _, text := range o.columns {
		column, err := posthog.ParseColumn(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--column: %w", err))
			continue
		}
		options.Columns = append(options.Columns, column)
	}
	if err := posthog.CheckColumns(options.Columns); err != nil {
		errs = append(errs, fmt.Errorf("--column: %w", err))
	}
	zone, err := parseZone(o.timezone)
	if options.Zone = zone; err != nil {
		errs = append(errs, err)
	}
	if o.team < 0 {
		errs = append(errs, fmt.Errorf("--team must be a team_id, not %d", o.team))
	}
	return options, errors.Join(errs...)
}

// parseZone finds a zone by its IANA name. UTC, which needs no work for a time, is nil.
func parseZone(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "UTC") {
		return nil, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("--timezone %q is not a time zone; use an IANA name such as Europe/Berlin or America/New_York", name)
	}
	return zone, nil
}
