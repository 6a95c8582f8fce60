package transfer

import (
	"slices"

	"ph2cio/internal/ledger"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// RowsWithoutUUID counts the rows without a uuid if other rows, of this run or an earlier one, have one.
// Nothing says whether such a row is the same event as one of those.
func (f *FirstPass) RowsWithoutUUID() int64 {
	if !f.UUIDs.With && !f.Before.With {
		return 0
	}
	return f.noUUID
}

// Workers is how many goroutines decode and map.
func (f *FirstPass) Workers() int { return f.input.workers() }

// Counts counts the people, as of the run's own now.
func (f *FirstPass) Counts() people.Counts { return f.People.Count(f.rules.Now.Unix()) }

// ChosenProfiles counts the profiles of those who are sent. counts are those of Counts.
func (f *FirstPass) ChosenProfiles(counts *people.Counts) people.Profiles {
	return counts.ByChoice[f.rules.Choice.Who]
}

// Chosen is who is sent.
func (f *FirstPass) Chosen() people.Who { return f.rules.Choice.Who }

// ListsKnown reports whether a list says who has a profile in Customer.io already.
func (f *FirstPass) ListsKnown() bool { return f.rules.Index.Existing != nil }

// KnowsProfiles reports whether it is known of some people that they have a profile in Customer.io already.
func (f *FirstPass) KnowsProfiles() bool { return f.sentBefore || f.rules.Index.Existing != nil }

// Teams are the PostHog projects whose rows may be sent.
func (f *FirstPass) Teams() []int64 {
	team := f.input.Team
	if team == 0 {
		return f.teams
	}
	if slices.Contains(f.teams, team) {
		return []int64{team}
	}
	return nil
}

// TeamsFound are the team_ids of all rows, also of those that are skipped for their team, in the order in
// which they come. Of many only the first 11 are listed.
func (f *FirstPass) TeamsFound() []int64 { return f.teams }

// SkippedEvents lists the names of events that are skipped as noise, because they begin with a $ like
// PostHog's own: those that may be the customer's own first, then the most frequent. beyond is how many rows
// have names that are not listed.
func (f *FirstPass) SkippedEvents() (all []SkippedEvent, beyond int64) {
	return f.skipped.list(f.rules.Mapping)
}

// UnreadFields are the fields whose value is of no use in some rows.
func (f *FirstPass) UnreadFields() []UnreadField { return f.unread.list() }

// Columns are the columns that hold one value each, sorted by name: those of this export, and those that
// earlier runs have read, which are not Seen.
func (f *FirstPass) Columns() []posthog.ColumnType { return f.types.All() }

// TextColumns are the columns of this export that are text, although some of their cells look like another
// type.
func (f *FirstPass) TextColumns() (all []TextColumn) {
	for _, c := range f.types.All() {
		if c.Mixed {
			all = append(all, TextColumnOf(&c))
		}
	}
	return all
}

// columnsKnown returns the types of columns for later runs.
func (f *FirstPass) columnsKnown() (all []ledger.Column) {
	for _, c := range f.types.All() {
		if c.Kinds != 0 {
			all = append(all, ledger.Column{
				Name: c.Name, Kinds: c.Kinds, Column: c.Made.Column, Path: c.Made.Path, Line: c.Made.Line, Cell: c.Made.Text,
			})
		}
	}
	return all
}

// notNumbers counts the cells that are left out because they are nan or infinite.
func (f *FirstPass) notNumbers() (n int64) {
	for _, c := range f.types.All() {
		n += c.None
	}
	return n
}
