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

// Hint is what to do about it: what is known of the file, else what holds for all of them.
func (e *PersonsError) Hint() string {
	return cmp.Or(exit.Hint(e.Err), "export it again, or leave --persons out; ph2cio needs the whole file to know who is who")
}

// personsRead is how the persons exports are read.
func (p *Plan) personsRead() posthog.Options {
	return posthog.Options{Zone: p.Read.Zone, AcceptDamaged: p.Read.AcceptDamaged, UserID: p.Read.UserID}
}

// readPersons reads the plan's persons exports into an index. A row that is bad ends it: who is who would hang on it.
func readPersons(ctx context.Context, plan *Plan, types *posthog.ColumnTypes, index *people.Index) error {
	if len(plan.Persons) == 0 {
		return nil
	}
	var rows, missing int64
	options := plan.personsRead()
	options.Types = types
	for row, err := range posthog.ReadPersons(ctx, plan.Persons, options) {
		if warning, ok := posthog.AsWarning(err); ok {
			plan.progress().Say(warning.Error())
			continue
		}
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			return &PersonsError{err}
		}
		if plan.Team != 0 && row.TeamID != 0 && row.TeamID != plan.Team {
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
		plan.progress().Say("the persons export lists only some of the IDs of " + report.Plural(missing, "person", "people") + " (see its column distinct_ids.total); a batch export lists all")
	}
	return exportedAt(ctx, plan, index)
}

// exportedAt takes the time of the newest file for that of the export, where its rows do not tell.
func exportedAt(ctx context.Context, plan *Plan, index *people.Index) error {
	for _, s := range plan.Persons {
		now, err := s.Now(ctx)
		if err != nil {
			return &PersonsError{err}
		}
		if at := now.Version.Modified; at != 0 {
			index.SetExportWritten(at / 1000)
		}
	}
	return nil
}
