package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // for machines without a list of time zones

	"github.com/spf13/pflag"

	"ph2cio/internal/job"
	"ph2cio/internal/posthog"
)

// readingOptions are the flags that say what a file does not say about itself.
type readingOptions struct {
	columns       []string
	timezone      string
	team          int64
	acceptDamaged bool
	exclude       []string

	list       lister
	recognised *job.Recognised // what is known of objects; nil for nothing
}

// addFlags adds the flags. list finds the sources.
func (o *readingOptions) addFlags(f *pflag.FlagSet, list lister) {
	o.list = list
	f.StringArrayVar(&o.columns, "column", nil, "read a field under another name, in Parquet, CSV and JSON; may be repeated")
	describe(f, "column", reading, "FIELD=NAME")
	f.StringVar(&o.timezone, "timezone", "UTC", "time zone of times that have none, such as Europe/Berlin")
	describe(f, "timezone", reading, "ZONE", inShort(checkCommand))
	f.Int64Var(&o.team, "team", 0, "leave out rows with another team_id (PostHog project)")
	describe(f, "team", reading, "ID", inShort(checkCommand))
	f.BoolVar(&o.acceptDamaged, "accept-damaged", false, "also use rows of compressed files with a wrong checksum; their values may be wrong")
	describe(f, "accept-damaged", reading, "")
	f.StringSliceVar(&o.exclude, "exclude", nil, "leave out files whose names or paths match")
	describe(f, "exclude", reading, "GLOB,...", sendsSame, inShort(checkCommand))
}

// options returns how to read. Errors name the flag.
func (o *readingOptions) options() (posthog.Options, error) {
	var columns []posthog.Column
	var errs []error
	for _, text := range o.columns {
		column, err := posthog.ParseColumn(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--column: %w", err))
			continue
		}
		columns = append(columns, column)
	}
	if err := posthog.CheckColumns(columns); err != nil {
		errs = append(errs, fmt.Errorf("--column: %w", err))
	}
	zone, err := parseZone(o.timezone)
	if err != nil {
		errs = append(errs, err)
	}
	if o.team < 0 {
		errs = append(errs, fmt.Errorf("--team must be a team_id, not %d", o.team))
	}
	return posthog.Options{AcceptDamaged: o.acceptDamaged, Columns: columns, Zone: zone}, errors.Join(errs...)
}

// parseZone finds a time zone by its IANA name. UTC is nil, which makes reading a time cheaper.
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
