package terminal

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/transfer"
)

// TestAnInterruptedRunSaysWhatIsLeft has what was queued apart from what has no answer.
func TestAnInterruptedRunSaysWhatIsLeft(t *testing.T) {
	s := &transfer.Summary{
		Rows:       transfer.Rows{Read: 8, Sent: 3, Unsent: 5, Unanswered: 2},
		People:     transfer.PeopleSummary{DistinctIDs: 1, Sent: 1},
		Profiles:   map[string]int{"identified": 1, "with-email": 0, "all": 1},
		Operations: map[string]int64{"identify": 1, "event": 6, "page": 2},
		Accepted:   map[string]int64{"identify": 1, "event": 2, "page": 1},
		Unsent:     map[string]int64{"event": 4, "page": 1}, Unanswered: map[string]int64{"event": 2},
		Requests: 3, Bytes: 2048, Retries: 1, Seconds: 2, Interrupted: true, Next: "ph2cio backfill --yes a-directory-with-a-long-name/ another-one/",
	}
	want := `Sent to workspace 1 (us).

  Stopped    before the end; run the same command again to resume (what has no
             answer is safe to send again)

  8 rows               read before it stopped
  3 events sent        2 events · 1 page
  1 profile update
  3 queued, not sent
  2 sent, no answer    safe to send again

  People     1 distinct ID is 1 person
  Risk       campaigns  no event of the last 72 hours was sent
                        old events may have triggered segment campaigns:
                        segments count them
  Time       3 requests, 2.0 kB, 1 retry, took 2.0s
  Next       ph2cio backfill --yes a-directory-with-a-long-name/ another-one/
`
	if diff := cmp.Diff(want, Summary(s, "Sent to workspace 1 (us).", Style{}, 80, true, true)); diff != "" {
		t.Errorf("the summary differs (-want +got):\n%s", diff)
	}
}

// TestSummaryHasTheRightPlural has none, one and two of everything.
func TestSummaryHasTheRightPlural(t *testing.T) {
	for n, want := range []string{`  0 rows
  0 events to send

  Profiles    new, at most  known
  identified             0      ?
  with email             0      ?
  all                    0      ?
  Customer.io's people export makes these exact → --existing FILE

  People     0 distinct IDs are 0 people
  Risk       campaigns  no event of the last 72 hours is sent
  Time       0 requests
`, `  0 rows
  3 events to send   1 event · 1 page · 1 screen
  1 profile update
  1 merge            b into a
  1 merge rejected   with an ID that is too long

  Profiles    new, at most  known
  identified             1      ?
  with email             1      ?
  all                    1      ?
  Customer.io's people export makes these exact → --existing FILE

  People     1 distinct ID is 1 person
             1 person rejected (invalid for Customer.io)
             1 person shares an email with somebody else and is sent without it
             1 visitor not identified yet, left out (only because its ID looks
             machine-made, only because posthog-js never says who it is)
  Risk       campaigns  1 event of the last 72 hours may start a campaign
                        → --recent hold
                        1 profile update may trigger a segment campaign; so may
                        old events, which segments count
             twice      what PostHog's live destination sent → ph2cio help live
             overwrite  1 profile may lose newer values: its values in this
                        export are over 72 hours old
             merges     1 profile is merged into another, which cannot be
                        undone → --max-merges N
             logins     1 person has several logins with different emails
                        a (a@x.example)
                        see ` + "`" + `ph2cio explain SOURCE... --id a` + "`" + `
             undo       new profiles can be deleted, nothing else can be undone
  Refused    1 event rejected by Customer.io
  Time       1 request, 1 byte, 1 retry
  links      1 link between IDs not followed (would join two identified people)
`, `  0 rows
  6 events to send    2 events · 2 pages · 2 screens
  2 profile updates
  2 merges            b into a, b into a
  2 merges rejected   with IDs that are too long

  Profiles    new, at most  known
  identified             2      ?
  with email             2      ?
  all                    2      ?
  Customer.io's people export makes these exact → --existing FILE

  People     2 distinct IDs are 2 people
             2 people rejected (invalid for Customer.io)
             2 people share an email with somebody else and are sent without it
             2 visitors not identified yet, left out (2 of them only because
             their IDs look machine-made, 2 of them only because posthog-js
             never says who they are)
  Risk       campaigns  2 events of the last 72 hours may start a campaign
                        → --recent hold
                        2 profile updates may trigger segment campaigns; so may
                        old events, which segments count
             twice      what PostHog's live destination sent → ph2cio help live
             overwrite  2 profiles may lose newer values: their values in this
                        export are over 72 hours old
             merges     2 profiles are merged into others, which cannot be
                        undone → --max-merges N
             logins     2 people have several logins with different emails
                        a (a@x.example), a (a@x.example)
                        see ` + "`" + `ph2cio explain SOURCE... --id a` + "`" + `
             undo       new profiles can be deleted, nothing else can be undone
  Refused    2 events rejected by Customer.io
  Time       2 requests, 2 bytes, 2 retries
  links      2 links between IDs not followed (would join two identified people)
`} {
		text := newSummaryText(pluralSummary(int64(n)), Style{}, 80)
		text.s.Rows.Sent = int64(3 * n)
		text.decides()
		text.links()
		if diff := cmp.Diff(want, text.String()); diff != "" {
			t.Errorf("with %d of each (-want +got):\n%s", n, diff)
		}
	}
}

func pluralSummary(n int64) *transfer.Summary {
	i := int(n)
	s := &transfer.Summary{
		People: transfer.PeopleSummary{
			DistinctIDs: n, Sent: n, Rejected: map[string]int64{"api:invalid": n}, EmailConflicts: i, Stale: i,
			Uncertain: transfer.Uncertain{ShapeOnly: i, VisitorOnly: i, Unidentified: i, FusedCount: i, Fused: slices.Repeat([]transfer.Fused{{ID: "a", Emails: []string{"a@x.example"}}}, i)},
		},
		Profiles:       map[string]int{"identified": i, "with-email": i, "all": i},
		Operations:     map[string]int64{"identify": n, "event": n, "page": n, "screen": n, "merge": n},
		Refused:        map[string]int64{"event": n},
		MergesRejected: map[string]int64{"id_too_long": n},
		Merges:         slices.Repeat([]transfer.MergePair{{Profile: transfer.Profile{By: "id", Value: "b"}, Into: transfer.Profile{By: "id", Value: "a"}}}, i),
		Requests:       n, Bytes: n, Retries: n,
		Campaigns: transfer.Campaigns{RecentEvents: n, Identifies: n},
	}
	s.People.Links.AlreadyIdentified = n
	return s
}

// TestFilesWithoutRowsAreNamed has one, several, and some of which something else is said.
func TestFilesWithoutRowsAreNamed(t *testing.T) {
	of := func(path string, rows int64) transfer.SourceSummary {
		return transfer.SourceSummary{Path: path, Rows: rows}
	}
	for want, sources := range map[string][]transfer.SourceSummary{
		"": {of("a", 1), {Path: "b", Trouble: "damaged"}, {Path: "c", Warning: "an export of persons"}}, "a has no rows": {of("a", 0), of("b", 1)},
		"2 files have no rows: a, b\\u000a": {of("a", 0), of("b\n", 0), of("c", 3)},
	} {
		if got := EmptyText(sources); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestTheNextCommandStaysOnOneLine has room for what it is for, and has not.
func TestTheNextCommandStaysOnOneLine(t *testing.T) {
	for width, want := range map[int]string{40: "Next         do it    try one\n", 20: "Next         do it\n", 15: "Next         try one\ndo it\n"} {
		text := &Lines{Width: width}
		if text.Next("do it", "try one"); text.String() != want {
			t.Errorf("%d columns: %q, want %q", width, text.String(), want)
		}
	}
}
