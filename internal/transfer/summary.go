package transfer

import (
	"encoding/json"
	"iter"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer/deliver"
)

// Summary is what happened, for people and, as JSON, for programs. Every row is counted in exactly one place:
// read = sent + person + skipped + rejected + duplicate + earlier + unsent.
type Summary struct {
	Rows     Rows           `json:"rows"`
	Times    Span           `json:"times"`
	People   PeopleSummary  `json:"people"`
	Profiles map[string]int `json:"profiles"` // that each choice of --people would make
	// Choice is that of --people which counts here.
	Choice people.Who `json:"profiles_choice,omitempty"`
	// Known is how many of Profiles Customer.io has already; nil when nothing is known of what it has.
	Known map[string]int `json:"profiles_known,omitempty"`
	// ListsKnown says that Known rests on a list of everybody in Customer.io; else only on what earlier runs sent.
	ListsKnown bool `json:"profiles_known_by_list,omitempty"`
	// Estimated says that Profiles of `all`, and the distinct IDs, are estimated from a sample, because there
	// were very many visitors. The standard error is below 1 %.
	Estimated  bool             `json:"profiles_estimated,omitempty"`
	Operations map[string]int64 `json:"operations"` // built, by action
	Accepted   map[string]int64 `json:"accepted"`
	Refused    map[string]int64 `json:"refused"` // by the API
	Unsent     map[string]int64 `json:"unsent"`
	Unanswered map[string]int64 `json:"unanswered,omitempty"` // of Unsent, those that were sent and got no answer
	Requests   int64            `json:"requests"`
	Bytes      int64            `json:"bytes"` // of request bodies
	Retries    int64            `json:"retries"`
	ValuesCut  map[string]int64 `json:"values_cut"` // to fit, in the operations built, by kind
	// SkippedEvents are the names that begin with a $ and were skipped as noise. SkippedEventsBeyond counts
	// the rows of names that came after the first 1000.
	SkippedEvents       []SkippedEvent `json:"skipped_events,omitempty"`
	SkippedEventsBeyond int64          `json:"skipped_events_beyond,omitempty"`
	AttributeSummary
	// Rules are those of the mapping file. Of a run that was resumed, rows that were sent before do not count
	// for what needs the person or is sent.
	Rules []mapping.RuleUse `json:"rules,omitempty"`
	// UnmetFilters are those test-accounts of the mapping file whose property nobody has.
	UnmetFilters []mapping.UnmetFilter `json:"test_accounts_unmet,omitempty"`
	// MergesRejected are merges that cannot be sent, or that the API refused, by reason.
	MergesRejected map[string]int64 `json:"merges_rejected"`
	// Merges are the first 10,000 of the profiles that are merged into others; Operations counts them.
	Merges []MergePair `json:"merges,omitempty"`
	// TwoProfiles are the people who are held, nil for nobody.
	TwoProfiles *TwoProfiles `json:"two_profiles,omitempty"`
	// LiveProfiles are those that PostHog's live destination has made of the export's visitors, nil for none.
	LiveProfiles *LiveProfiles   `json:"live_profiles,omitempty"`
	Campaigns    Campaigns       `json:"campaigns"`
	Sources      []SourceSummary `json:"sources"`
	// TimedByCreatedAt counts rows whose own time is in the future, sent or not. They get the time of
	// `created_at`.
	TimedByCreatedAt int64 `json:"timed_by_created_at,omitempty"`
	// UnreadFields are fields whose value is of no use in some rows.
	UnreadFields []UnreadField `json:"unread_fields,omitempty"`
	// TextColumns are columns of CSV files that are text, although some of their cells look like another
	// type.
	TextColumns []TextColumn `json:"text_columns,omitempty"`
	// UnknownOnly are the IDs of --only that nobody in the export has.
	UnknownOnly []string `json:"only_unknown,omitempty"`
	// LostHistory are sources that are gone or replaced, with rows that waited.
	LostHistory []LostHistory `json:"lost_history,omitempty"`
	// Incomplete are exports of which files are missing.
	Incomplete []*source.Incomplete `json:"incomplete,omitempty"`
	// Details are nil unless Input.Details asks for them.
	Details *Details `json:"details,omitempty"`

	// LiveKnown says that --live-since or --live-backfilled tell what PostHog's own destination has sent.
	LiveKnown bool `json:"live_known"`
	// LiveStops says that LiveProfiles keep a run without --live-since from sending anything, in a preview.
	LiveStops bool `json:"live_since_needed,omitempty"`
	// WouldStop are the limits that would keep a run from sending anything, in a preview.
	WouldStop []Limit `json:"would_stop,omitempty"`

	Rejects string  `json:"rejects,omitempty"` // the file they were written to
	Seconds float64 `json:"seconds"`           // of both passes, without the wait for somebody's confirmation
	// Estimate is how many seconds sending would take, in a preview.
	Estimate float64 `json:"estimated_seconds,omitempty"`
	// EstimatedWait is how many of these seconds a run waits for Customer.io to take in the people.
	EstimatedWait float64 `json:"estimated_waiting_seconds,omitempty"`
	// Interrupted is true when a signal ended the run early.
	Interrupted bool `json:"interrupted"`
	// Next is the command to type when something is left to do, or after a preview.
	Next string `json:"next,omitempty"`

	// MayDouble counts rows without a uuid if other rows have one: two such rows may be of one event, and
	// nothing says so.
	MayDouble int64 `json:"rows_without_uuid,omitempty"`
	// CorrectedLate are rows that correct events which were sent before, the first 1,000 of them.
	CorrectedLate []Correction `json:"corrected_late,omitempty"`

	Reached  Reached          `json:"-"` // of a run with a ledger
	Examples []deliver.Reject `json:"-"` // one reject of each of the first few reasons
	// Made yields the profiles that the run has made or changed, also before it was resumed, or would in a preview.
	// It is nil without Delivery.ListProfiles, and may be used until the FirstPass is closed.
	Made iter.Seq[MadeProfile] `json:"-"`
}

// AddForecast adds what only a preview says: how many seconds sending would take, how many of them waiting,
// whether LiveProfiles would keep a run from sending anything, and which limits would.
func (s *Summary) AddForecast(seconds, waiting float64, liveStops bool, wouldStop []Limit) {
	s.Estimate, s.EstimatedWait, s.LiveStops, s.WouldStop = seconds, waiting, liveStops, wouldStop
}

// AddUnknownOnly adds the IDs of --only that nobody in the export has.
func (s *Summary) AddUnknownOnly(ids []string) { s.UnknownOnly = ids }

// AddNext adds the file with the rejects, and the command to type next; both may be empty.
func (s *Summary) AddNext(rejects, next string) { s.Rejects, s.Next = rejects, next }

// SetInterrupted says whether a signal ended the run early.
func (s *Summary) SetInterrupted(interrupted bool) { s.Interrupted = interrupted }

// ForStatus returns the summary as a JSON object for the state, from which the status of the run is told. It
// has no Details, and of the sources only those with something to know about.
func (s *Summary) ForStatus() ([]byte, error) {
	kept := *s
	kept.Details, kept.Sources = nil, []SourceSummary{}
	for _, one := range s.Sources {
		if one.Trouble != "" || one.Warning != "" {
			kept.Sources = append(kept.Sources, one)
		}
	}
	return json.Marshal(&kept)
}

// Limit is a limit that was set, and what there would be instead.
type Limit struct {
	Flag    string `json:"flag"` // without dashes
	Allowed int64  `json:"allowed"`
	WouldBe int64  `json:"would_be"`
}

// Rows are the buckets that every row ends in.
type Rows struct {
	Read      int64            `json:"read"`
	Sent      int64            `json:"sent"`
	Person    int64            `json:"person"`    // only says something about a person
	Duplicate int64            `json:"duplicate"` // another row stands for the same event
	Earlier   int64            `json:"earlier"`   // sent by an earlier run, or by this one before it was resumed
	Unsent    int64            `json:"unsent"`    // no answer when the run stopped
	Skipped   map[string]int64 `json:"skipped"`
	Rejected  map[string]int64 `json:"rejected"`

	Unanswered int64 `json:"unanswered,omitempty"` // of Unsent, those that were sent
}

// PeopleSummary counts people.
type PeopleSummary struct {
	DistinctIDs    int64             `json:"distinct_ids"`
	JoinedIDs      int64             `json:"joined_ids"` // of them, those that belong to the person of another one
	Links          people.LinkCounts `json:"links"`
	Sent           int64             `json:"sent"`
	Earlier        int64             `json:"earlier,omitempty"`   // sent before the run was resumed
	Unchanged      int64             `json:"unchanged,omitempty"` // not sent again, because an earlier run has sent the same
	Rejected       map[string]int64  `json:"rejected"`
	EmailConflicts int               `json:"email_conflicts"`
	WithoutEmail   []WithoutEmail    `json:"without_email,omitempty"` // the people that EmailConflicts counts
	Uncertain
	Stale int `json:"older_than_72h"` // sent, with newest data that old
}

// Uncertain are the people whom somebody should look at before anything is sent: those who are left out
// because nothing identifies them, and those who have several logins.
type Uncertain struct {
	ShapeOnly    int     `json:"left_out_by_shape_only"`
	VisitorOnly  int     `json:"left_out_as_visitors_only"` // only because posthog-js says that they are visitors
	Unidentified int     `json:"left_out_unidentified"`     // nothing identifies them, those two among them
	Fused        []Fused `json:"fused,omitempty"`           // the worst of those that FusedCount counts
	FusedCount   int     `json:"fused_people,omitempty"`    // people who have several logins with different emails
}

// Uncertain returns who is uncertain. counts are those of Counts.
func (f *FirstPass) Uncertain(counts *people.Counts) Uncertain {
	u := Uncertain{ShapeOnly: counts.ShapeOnly, VisitorOnly: counts.VisitorOnly, Unidentified: counts.Unidentified}
	worst, count := f.People.SeveralLogins()
	for _, one := range worst {
		u.Fused = append(u.Fused, Fused{one.DistinctID, one.Logins, one.LoginCount, one.Emails, one.EmailCount})
	}
	u.FusedCount = count
	return u
}

// WithoutEmail is a person who is sent without an email, because another one has it.
type WithoutEmail struct {
	ID     string `json:"id"`
	HeldBy string `json:"held_by"` // an ID of the one who has it
}

// Fused is a person with several logins that have different emails. A few of each are named.
type Fused struct {
	ID         string   `json:"id"`
	Logins     []string `json:"logins"`
	LoginCount int      `json:"logins_count"`
	Emails     []string `json:"emails"`
	EmailCount int      `json:"emails_count"`
}

// Campaigns counts what could start campaigns in Customer.io.
type Campaigns struct {
	RecentEvents int64 `json:"recent_events"` // sent, younger than 72 hours
	Identifies   int64 `json:"identifies"`
}

// SourceSummary is one file read.
type SourceSummary struct {
	Path    string `json:"path"`
	Bytes   int64  `json:"bytes"`
	Rows    int64  `json:"rows"` // read, good and bad
	Trouble string `json:"trouble,omitempty"`
	Warning string `json:"warning,omitempty"` // what to know about a file that was read to its end
	Hint    string `json:"hint,omitempty"`    // what to do about either
}

// Nothing is the summary of a run that finds nothing to send.
func Nothing(incomplete []*source.Incomplete) *Summary {
	none := map[string]int64{}
	return &Summary{
		Rows:   Rows{Skipped: none, Rejected: none},
		People: PeopleSummary{Rejected: none}, Profiles: map[string]int{}, Operations: none, Accepted: none, Refused: none, Unsent: none,
		ValuesCut: none, MergesRejected: none, Sources: []SourceSummary{}, Incomplete: incomplete,
	}
}

// ending is what the summary of a run has besides its counts.
type ending struct {
	optedOut    int64       // people who have unsubscribed, and whose identify does not say so
	merges      []MergePair // that were sent, the first of them
	took        time.Duration
	interrupted bool
}

// summary is made once all phases have ended.
func (r *run) summary(e ending) *Summary {
	c, counts := r.delivery.Counts(), r.first.Counts()
	tally, attributes := r.options.Tally, attributeSummary(r.mappers, e.optedOut)
	s := &Summary{
		Rows: Rows{
			Read: c.Read, Sent: deliver.OfRows(c.Accepted), Person: c.Person, Duplicate: c.Duplicate, Earlier: c.Earlier,
			Unsent: deliver.OfRows(c.Unsent), Unanswered: deliver.OfRows(c.Unanswered), Skipped: c.Skipped, Rejected: c.Rejected,
		},
		People: PeopleSummary{
			DistinctIDs: counts.DistinctIDs, JoinedIDs: counts.Joined, Links: counts.Links, Sent: c.PeopleSent(), Rejected: c.PeopleRejected,
			Earlier: c.Before.People(), Unchanged: c.Unchanged,
			EmailConflicts: counts.EmailConflicts, WithoutEmail: r.withoutEmail(), Uncertain: r.first.Uncertain(&counts), Stale: counts.Stale,
		},
		Times: r.first.Times(), Choice: r.first.Chosen(), ListsKnown: r.first.ListsKnown(),
		Profiles: r.first.Profiles(&counts), Known: r.first.Known(&counts), Estimated: counts.Estimated,
		Operations: named(c.Built), Accepted: named(c.Accepted), Refused: named(c.Refused), Unsent: named(c.Unsent), Unanswered: named(c.Unanswered),
		MergesRejected: c.MergesRejected, Requests: tally.Requests.Load(), Bytes: tally.Bytes.Load(), Retries: tally.Retries.Load(), ValuesCut: r.valuesCut(),
		Campaigns: Campaigns{RecentEvents: c.Recent, Identifies: c.PeopleSent()},
		Sources:   r.first.SourceSummaries(), LostHistory: r.first.Lost, Incomplete: r.first.input.Incomplete,
		Examples: r.delivery.Examples(), CorrectedLate: r.corrections, MayDouble: r.first.RowsWithoutUUID(),
		TimedByCreatedAt: r.first.TimedByCreatedAt(), TextColumns: r.first.TextColumns(),
		UnreadFields: r.first.UnreadFields(), AttributeSummary: attributes,
		Rules: r.first.rules.Mapping.RuleUses(r.first.classifiers, r.mappers, r.first.People.PropertyNames(), r.mapsAll(e)), UnmetFilters: r.first.UnmetFilters(),
		Merges: e.merges, TwoProfiles: r.first.TwoProfiles(), LiveProfiles: r.first.LiveProfiles(), LiveKnown: r.first.LiveKnown(),
		Seconds: e.took.Seconds(), Interrupted: e.interrupted,
	}
	s.SkippedEvents, s.SkippedEventsBeyond = r.first.SkippedEvents()
	if s.Details = r.details(&s.Rows); s.Details != nil {
		s.Details.Profiles = r.madeProfiles(s.People.Unchanged)
	}
	if r.options.ListProfiles {
		s.Made = r.listProfiles()
	}
	return s
}

// mapsAll reports whether all rows to send were mapped, in this run and for all people.
func (r *run) mapsAll(e ending) bool {
	c := r.delivery.Counts()
	return c.Earlier == 0 && c.Skipped[mapping.ReasonRejectedBefore] == 0 && !e.interrupted && !r.first.rules.Choice.Only
}

// ValueRemoved is the kind of values_cut for attributes that were left out because Customer.io refused them.
const ValueRemoved = "removed_for_api"

// valuesCut adds up the values that were changed or left out to fit, by kind.
func (r *run) valuesCut() map[string]int64 {
	cut := map[string]int64{}
	for _, m := range r.mappers {
		deliver.AddAll(cut, m.ValuesCut)
	}
	if removed := r.options.Tally.Removed.Load(); removed > 0 {
		cut[ValueRemoved] += removed
	}
	if n := r.first.notNumbers(); n > 0 {
		cut[ValueNotNumber] += n
	}
	return cut
}

// TimedByCreatedAt returns how many rows have a time in the future, and get that of `created_at` instead.
func (f *FirstPass) TimedByCreatedAt() int64 { return f.byCreatedAt }

// withoutEmail lists the people who are sent without their email, because another person has it.
func (r *run) withoutEmail() (all []WithoutEmail) {
	for c := range r.first.People.EmailConflicts() {
		all = append(all, WithoutEmail{c.Person.DistinctID, c.Holder})
	}
	return all
}

// SourceSummaries returns for each source how much of it was read, and what was wrong with it.
func (f *FirstPass) SourceSummaries() []SourceSummary {
	trouble := map[string]*posthog.SourceError{}
	for _, t := range f.Trouble {
		trouble[t.Path] = t
	}
	warnings := map[string]*posthog.SourceError{}
	for _, w := range f.Warnings {
		warnings[w.Path] = w
	}
	all := make([]SourceSummary, 0, len(f.places.sources))
	for i, s := range f.places.sources {
		one := SourceSummary{Path: s.Name, Bytes: s.Size, Rows: f.prints[i].rows}
		if t := trouble[s.Name]; t != nil {
			one.Trouble, one.Hint = t.Err.Error(), t.Advice
		} else if w := warnings[s.Name]; w != nil {
			one.Warning, one.Hint = w.Err.Error(), w.Advice
		}
		all = append(all, one)
	}
	return all
}

func profiles(counts people.Counts, number func(people.Profiles) int) map[string]int {
	out := map[string]int{}
	for who, n := range counts.ByChoice {
		out[string(who)] = number(n)
	}
	return out
}

// Profiles returns how many profiles each choice of --people would make. counts are those of Counts.
func (f *FirstPass) Profiles(counts *people.Counts) map[string]int {
	return profiles(*counts, people.Profiles.Total)
}

// Known returns how many of the profiles exist in Customer.io already, by choice; nil if nothing is known of
// them. counts are those of Counts.
func (f *FirstPass) Known(counts *people.Counts) map[string]int {
	if !f.KnowsProfiles() {
		return nil
	}
	return profiles(*counts, func(n people.Profiles) int { return n.Known })
}

func named[K ~string](counts map[K]int64) map[string]int64 {
	out := map[string]int64{}
	for k, n := range counts {
		if n != 0 {
			out[string(k)] = n
		}
	}
	return out
}
