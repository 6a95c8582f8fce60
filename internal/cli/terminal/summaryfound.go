package terminal

import (
	"math"

	"ph2cio/internal/transfer"
)

// Asked is what to know of a run besides what its first pass found.
type Asked struct {
	Left       *transfer.Left
	Attributes *transfer.AttributeSummary
	Idle       bool   // warn of rules and test-accounts of the mapping file that do nothing
	NoProfiles bool   // nobody is left to send, so that no profile is new
	Settings   string // where they come from
	Fetch      string // what is fetched again from buckets; may be empty
}

// BeforeSending lays out what is known before the question: the plan as far as the first pass tells it.
func BeforeSending(first *transfer.FirstPass, a Asked, style Style, width int) string {
	t := newSummaryText(foundSoFar(first, &a), style, width)
	t.asked, t.hidesProfiles = a.Left, a.NoProfiles
	t.sentBefore, t.sendsFirst = first.ReadBefore(), a.Idle
	if width == math.MaxInt32 {
		t.Margin = 0
	}
	t.decides()
	t.gap()
	t.Line("empty", EmptyText(t.s.Sources))
	t.unread()
	t.names()
	t.times()
	t.columns()
	if a.Idle {
		t.idle()
	}
	t.Line("fetch", a.Fetch)
	t.Line("settings", Plain(a.Settings))
	t.gap()
	return t.String()
}

// foundSoFar is a summary of what the first pass found.
func foundSoFar(first *transfer.FirstPass, a *Asked) *transfer.Summary {
	counts := first.Counts()
	left := a.Left
	s := &transfer.Summary{
		Rows:  transfer.Rows{Read: first.Rows, Sent: left.Events, Person: first.Person, Skipped: first.LeftOut, Rejected: map[string]int64{"": first.Bad}, Duplicate: first.Repeats},
		Times: first.Times(), Choice: first.Chosen(), Profiles: first.Profiles(&counts), Known: first.Known(&counts), ListsKnown: first.ListsKnown(),
		Operations: map[string]int64{"identify": left.People, "merge": left.Merges},
		People: transfer.PeopleSummary{
			DistinctIDs: counts.DistinctIDs, JoinedIDs: counts.Joined, Sent: left.People, Uncertain: first.Uncertain(&counts), Stale: counts.Stale,
		},
		Campaigns: transfer.Campaigns{RecentEvents: first.Recent, Identifies: left.People},
		LiveKnown: first.LiveKnown(), TwoProfiles: first.TwoProfiles(), Sources: first.SourceSummaries(), Estimated: counts.Estimated,
		AttributeSummary: *a.Attributes, TimedByCreatedAt: first.TimedByCreatedAt(), TextColumns: first.TextColumns(), UnreadFields: first.UnreadFields(),
		Rules: first.RuleUses(), UnmetFilters: first.UnmetFilters(),
	}
	if left.Merges > 0 {
		s.Merges = first.MergePairs(MaxNamed)
	}
	s.SkippedEvents, s.SkippedEventsBeyond = perhapsYours(first)
	return s
}

// perhapsYours are the first few skipped events that may be left out by mistake. beyond counts the rows of the
// others.
func perhapsYours(first *transfer.FirstPass) (yours []transfer.SkippedEvent, beyond int64) {
	all, beyond := first.SkippedEvents()
	for _, e := range all {
		if e.PerhapsYours && len(yours) < MaxNamed {
			yours = append(yours, e)
			continue
		}
		beyond += e.Rows
	}
	return yours, beyond
}
