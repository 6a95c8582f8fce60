package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"ph2cio/internal/exit"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// PersonsError says that a persons export cannot be relied on.
type PersonsError struct{ Err error }

func (e *PersonsError) Error() string {
	if source, ok := errors.AsType[*posthog.SourceError](e.Err); ok {
		return fmt.Sprintf("persons export %s: %v", source.Path, source.Err)
	}
	return fmt.Sprintf("persons export: %v", e.Err)
}

func (e *PersonsError) Unwrap() error { return e.Err }

// ExitCode is what the program ends with.
func (e *PersonsError) ExitCode() int { return exit.Input }

// Hint is what to do about it: the hint of the error, else a general one.
func (e *PersonsError) Hint() string {
	return cmp.Or(exit.Hint(e.Err), "export it again, or leave --persons out; ph2cio needs the whole file to know who is who")
}

// readPersons reads the exports of persons into an index. A bad row is an error: who is who may depend on it.
func readPersons(ctx context.Context, input *Input, types *posthog.ColumnTypes, index *people.Index) error {
	if len(input.Persons) == 0 {
		return nil
	}
	var rows, missing int64
	for row, err := range posthog.ReadPersons(ctx, input.Persons, input.personsRead(types)) {
		if warning, ok := posthog.AsWarning(err); ok {
			input.progress().Say(warning.Error())
			continue
		}
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			return &PersonsError{err}
		}
		if input.Team != 0 && row.TeamID != 0 && row.TeamID != input.Team {
			continue
		}
		rows++
		if row.Missing > 0 {
			missing++
		}
		index.LearnPerson(row)
	}
	if rows == 0 {
		return &PersonsError{errors.New("it has no rows")}
	}
	if missing > 0 {
		input.progress().Say("the persons export lists only some of the IDs of " + report.Plural(missing, "person", "people") + " (see its column distinct_ids.total); a batch export lists all")
	}
	return exportedAt(ctx, input.Persons, index)
}

// exportedAt tells the index when the persons were exported, in case their rows do not say: at the time of
// the newest file.
func exportedAt(ctx context.Context, persons []source.Source, index *people.Index) error {
	for _, s := range persons {
		now := s
		if s.Version.Tag == "" { // else it is read in the version that was found
			var err error
			if now, err = s.Now(ctx); err != nil {
				return &PersonsError{err}
			}
		}
		if at := now.Version.Modified; at != 0 {
			index.SetExportWritten(at / 1000)
		}
	}
	return nil
}
