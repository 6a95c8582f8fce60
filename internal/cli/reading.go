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
		errs = append(errs, fmt.Errorf("--team takes a team_id, not %d", o.team))
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
		return nil, fmt.Errorf("--timezone %q is no zone: give an IANA name such as Europe/Berlin or America/New_York", name)
	}
	return zone, nil
}

func readingText(flags *pflag.FlagSet) string {
	return `SOURCE is a file, a directory, a glob, or - for standard input, which is copied to disk first because it is read twice.
What a file is, and how it is compressed (gzip, zstd, brotli, lz4, snappy), is recognised by its content:
  JSON lines     batch exports of events, with whatever columns; ClickHouse's JSONEachRow; the old S3 export
                 plugin; events for PostHog's capture API
  JSON document  the API's list of events or result of a query, a batch for the capture API, an array of events
  CSV            exports of the events explorer, the old events list and the SQL editor; ClickHouse's CSVWithNames;
                 with commas, semicolons or tabs, in UTF-8 or UTF-16, PostHog's column names in any case

Sessions, groups, Parquet and XLSX are refused, with what to export instead; persons are for --persons.

What lies about in a directory and has nothing of an export, such as notes, pictures and checksums, is left out and
named in one line, as are hidden files and downloads that have not ended (.part, .tmp); -v names all. What is
compressed, begins as JSON, is a table or is named as exports are is read, and what is wrong with it is told. A
file of which most lines are none of JSON is left out too, with a warning if others are events. A file that is
named itself is always read. Of a link that leads nowhere the others are read all the same.
--exclude 'old/*,*.bak' goes by a file's name, by its path below SOURCE and by its whole path, as given and from the
root; a directory goes whole, and old/ is a directory only.

` + topicFlags("reading", flags) + `
Fields for --column: ` + strings.Join(posthog.Fields, ", ") + `.
A name counts in the files that have it, and PostHog's own name is then left out; one that none has
ends the run. A uuid may be called id without a flag.

A column of CSV that holds one value has one type, by all of its cells in all files and in earlier runs: number,
boolean or JSON where every cell is that, else text, and once text, always text. Empty cells, nan and inf say
nothing and are left out. A number is written as programs do: 007, +1, 12e5 and 1E400 are text. An ID such as
4.89201E+15 was rounded by a spreadsheet: its row is rejected as rounded_id, unless --user-id matches it.
Columns that are not read are named. The first line of a file, where it comes again, is no row.

A person_id that is no UUID joins nobody, and is counted. A word for a missing value, such as nan, None or
NULL, is no uuid, and in CSV no distinct_id.

Times with a zone, and unix seconds or milliseconds, are what they say. Of an hour that a clock of --timezone
went through twice, the first is meant.

One run is one PostHog project: rows of several team_ids are refused unless --team picks one. The others are
then skipped as other_team. A row whose team_id is no whole number is rejected.`
}
