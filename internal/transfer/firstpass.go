package transfer

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// FirstPass is what the first pass found: who is who, and what the second pass may rely on.
type FirstPass struct {
	People   *people.Directory      // usable until Close
	Rows     int64                  // read, good and bad
	Bad      int64                  // rows that are not events, or can never be sent whoever their person is
	Repeats  int64                  // rows that others stand for, in the export or sent by an earlier run
	Recent   int64                  // rows that could start a campaign, whoever their person is
	UUIDs    ledger.UUIDs           // of the rows that could be sent, whoever their person is
	Before   ledger.UUIDs           // of those that earlier runs have read
	Trouble  []*posthog.SourceError // sources that are damaged, gone or refused
	Warnings []*posthog.SourceError // what there is to know about sources that were read well
	Bytes    int64                  // on disk, of all sources
	Took     time.Duration          // all of the reading, even what was read again

	sendable    int64 // rows that could be sent, whoever their person is
	noUUID      int64 // of them, those that have none
	byCreatedAt int64 // rows that are timed by `created_at`, since their own time is in the future
	unread      unreadFields

	teams      teams
	skipped    skippedNames // rows that are noise, by event
	optOuts    optOuts
	index      *people.Index
	sentBefore bool // earlier runs have sent people
	types      *posthog.ColumnTypes
	misread    bool   // cells were written as what their columns are not
	columns    uint64 // posthog.Chunk.Columns of all chunks

	decided        decisions
	repeats        *repeats
	ends           []int64       // of each source, where the reading stopped
	held           []int64       // of each source, rows that are held because they are recent
	Lost           []LostHistory // what cannot be sent any more, filled by SendableNow
	prints         []fingerprint // of each source
	waitingSources *waitingSources
	goneWaiting    []ledger.StillWaiting // of sources that are gone
	places         *places
	tail           tail
}

// LostHistory is a source that is gone, or another file than it was, with rows that were never sent.
type LostHistory struct {
	Path     string   `json:"path"`
	IDs      []string `json:"ids"`      // of the people whose rows they are; none when those are not known yet
	Visitors int64    `json:"visitors"` // how many they are
}

// Close gives back memory and what is on disk, when all has been sent.
func (l *FirstPass) Close() error {
	l.tail.giveUp()
	return errors.Join(l.index.Close(), l.decided.space.Close(), l.repeats.space.Close())
}

// doubtful reports whether rows have been learnt from a source that turned out to be damaged before them.
func (l *FirstPass) doubtful() bool {
	return slices.ContainsFunc(l.Trouble, func(t *posthog.SourceError) bool { return t.Doubtful })
}

// damaged is posthog.Options.Known for the next reading: known, and what this one found.
func (l *FirstPass) damaged(known []*posthog.SourceError) []*posthog.SourceError {
	all := make([]*posthog.SourceError, len(l.places.sources))
	copy(all, known)
	for _, t := range l.Trouble {
		for i, source := range l.places.sources {
			if t.Kind == posthog.Damaged && t.Path == source.Name {
				all[i] = t
			}
		}
	}
	return all
}

// expected reports whether a source's trouble is one that the first pass had with it. Damage counts as known only where
// the source ended as far as the first pass came, which the reader sees to. A source that is gone is never known: the
// second pass does not go on to where a read failed in the first.
func (l *FirstPass) expected(trouble *posthog.SourceError) bool {
	if trouble.Kind == posthog.Gone {
		return false
	}
	same := func(known *posthog.SourceError) bool {
		return known.Path == trouble.Path && known.Kind == trouble.Kind
	}
	return slices.ContainsFunc(l.Trouble, same) || slices.ContainsFunc(l.Warnings, same)
}

// setPersonsAside makes a warning of the trouble with persons exports that were found beside events: they
// hold nothing to send. Where there is nothing else it stays trouble.
func (l *FirstPass) setPersonsAside(plan *Plan) {
	beside := map[string]bool{}
	for _, s := range plan.Sources {
		beside[s.Name] = s.Beside
	}
	apart := func(t *posthog.SourceError) bool { return t.Persons && beside[t.Path] }
	var aside []*posthog.SourceError
	for _, t := range l.Trouble {
		if apart(t) {
			aside = append(aside, &posthog.SourceError{
				Path: t.Path, Kind: posthog.Warning, Persons: true, Err: errors.New("the file is an export of persons and was left out"), Advice: t.Advice,
			})
		}
	}
	if len(aside) < len(plan.Sources) || plan.Others {
		l.Trouble = slices.DeleteFunc(l.Trouble, apart)
		l.Warnings = append(l.Warnings, aside...)
	}
}

// reread yields the chunks a second time: from the sources, up to where the first pass came, and from memory.
func (l *FirstPass) reread(ctx context.Context, plan *Plan) iter.Seq2[*posthog.Chunk, error] {
	options := plan.Read
	options.Types = l.types
	options.Until = l.tail.until(l.ends)
	return func(yield func(*posthog.Chunk, error) bool) {
		for chunk, err := range posthog.Read(ctx, plan.Sources, options) {
			if !yield(chunk, err) {
				return
			}
		}
		for _, chunk := range l.tail.chunks {
			if ctx.Err() != nil {
				yield(nil, context.Cause(ctx))
				return
			}
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

// NewMapper returns a mapper of all who are sent. It belongs to one goroutine.
func (l *FirstPass) NewMapper(rules *mapping.Rules) *mapping.Mapper {
	m := rules.NewMapper(l.People)
	if o := &l.optOuts; len(o.people)+len(o.addresses) > 0 {
		m.Unsubscribed = func(p *people.Person, email []byte) bool {
			return o.people[p.Number] || len(email) > 0 && o.addresses[l.People.SumOf(people.FoldEmail(nil, email))]
		}
	}
	return m
}

// MayDouble counts the rows without a uuid, where others have one, also those of earlier runs: nothing tells whether such a row is
// an event that another one is too.
func (l *FirstPass) MayDouble() int64 {
	if !l.UUIDs.With && !l.Before.With {
		return 0
	}
	return l.noUUID
}

// Teams are the PostHog projects whose rows may be sent.
func (l *FirstPass) Teams(plan *Plan) []int64 {
	if plan.Team == 0 {
		return l.teams
	}
	if slices.Contains(l.teams, plan.Team) {
		return []int64{plan.Team}
	}
	return nil
}

// TeamsFound are the team_ids of all rows, also of those that the plan leaves out for their team, in the order in
// which they come. Of many only the first 11 are listed.
func (l *FirstPass) TeamsFound() []int64 { return l.teams }

// SkippedEvents lists the names of PostHog's own that are skipped as noise: those that may be the customer's
// own first, then the most frequent. beyond is how many rows have names that are not listed.
func (l *FirstPass) SkippedEvents(rules *mapping.Rules) (all []SkippedEvent, beyond int64) {
	for _, name := range l.skipped.order {
		yours := !posthog.Documented([]byte(name))
		all = append(all, SkippedEvent{name, *l.skipped.rows[name], yours, rules.EventsWith(name)})
	}
	slices.SortFunc(all, func(a, b SkippedEvent) int {
		if a.PerhapsYours != b.PerhapsYours {
			return map[bool]int{true: -1, false: 1}[a.PerhapsYours]
		}
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
	return all, l.skipped.beyond
}

// UnreadFields are the fields that some rows have without saying anything by them.
func (l *FirstPass) UnreadFields() (all []UnreadField) {
	l.unread.createdAt.Field, l.unread.personID.Field = "created_at", "person_id"
	for _, f := range []UnreadField{l.unread.createdAt, l.unread.personID} {
		if f.Rows > 0 {
			all = append(all, f)
		}
	}
	return all
}

// Columns are the columns that hold one value each, sorted by name: those of this export, and those that earlier
// runs have read, which are not Seen.
func (l *FirstPass) Columns() []posthog.ColumnType { return l.types.All() }

// TextColumns are the columns of this export that were made text.
func (l *FirstPass) TextColumns() (all []TextColumn) {
	for _, c := range l.types.All() {
		if c.Mixed {
			all = append(all, TextColumnOf(&c))
		}
	}
	return all
}

// columnsKnown are the types for the runs after this one.
func (l *FirstPass) columnsKnown() (all []ledger.Column) {
	for _, c := range l.types.All() {
		if c.Kinds != 0 {
			all = append(all, ledger.Column{
				Name: c.Name, Kinds: c.Kinds, Column: c.Made.Column, Path: c.Made.Path, Line: c.Made.Line, Cell: c.Made.Text,
			})
		}
	}
	return all
}

// notNumbers counts cells that are nan or infinite, and so left out.
func (l *FirstPass) notNumbers() (n int64) {
	for _, c := range l.types.All() {
		n += c.None
	}
	return n
}
