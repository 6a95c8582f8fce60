package transfer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer/deliver"
)

// addFates adds the rows of one day or event to others.
func addFates(to *RowFates, f RowFates) {
	to.Send, to.Person, to.LeftOut = to.Send+f.Send, to.Person+f.Person, to.LeftOut+f.LeftOut
	to.Rejected, to.Before, to.NotReached = to.Rejected+f.Rejected, to.Before+f.Before, to.NotReached+f.NotReached
}

// fatesInSummary are the rows of a summary as Details count them.
func fatesInSummary(s *Summary) RowFates {
	refused := int64(0)
	for reason, rows := range s.Rows.Rejected {
		if deliver.IsRefusal(reason) {
			refused += rows
		}
	}
	return RowFates{
		Send: s.Rows.Sent + s.Rows.Unsent + refused, Person: s.Rows.Person, LeftOut: deliver.Sum(s.Rows.Skipped),
		Rejected: deliver.Sum(s.Rows.Rejected) - refused, Before: s.Rows.Duplicate + s.Rows.Earlier,
	}
}

// wrongDetails says what is wrong with the details of a summary, after so many rows of the first pass; empty for
// nothing.
func wrongDetails(s *Summary, rows int64) string {
	d := s.Details
	if d == nil {
		return "there are no details"
	}
	var days, events RowFates
	for _, one := range d.Days {
		addFates(&days, one.RowFates)
	}
	for _, one := range d.Events {
		addFates(&events, one.RowFates)
	}
	addFates(&events, d.EventsBeyond)
	want := fatesInSummary(s)
	want.NotReached = rows - s.Rows.Read
	if diff := cmp.Diff(want, days); diff != "" {
		return "days, want -, got +:\n" + diff
	}
	if diff := cmp.Diff(want, events); diff != "" {
		return "events, want -, got +:\n" + diff
	}
	reasons := map[string]bool{}
	for _, one := range d.Examples {
		reasons[one.Reason] = true
		if one.File == "" || one.Row == 0 || one.Rows != s.Rows.Skipped[one.Reason]+s.Rows.Rejected[one.Reason] {
			return fmt.Sprintf("example %+v of %v and %v", one, s.Rows.Skipped, s.Rows.Rejected)
		}
	}
	for _, counts := range []map[string]int64{s.Rows.Skipped, s.Rows.Rejected} {
		for reason, n := range counts {
			if n > 0 && !reasons[reason] {
				return fmt.Sprintf("no example of %s, only %+v", reason, d.Examples)
			}
		}
	}
	return ""
}

// sentAtAll are details in which rows that were sent before the run was resumed count as those that were sent after.
func sentAtAll(d *Details) *Details {
	all := *d
	all.Days, all.Events = slices.Clone(d.Days), slices.Clone(d.Events)
	for i := range all.Days {
		all.Days[i].Send, all.Days[i].Before = all.Days[i].Send+all.Days[i].Before, 0
	}
	for i := range all.Events {
		all.Events[i].Send, all.Events[i].Before = all.Events[i].Send+all.Events[i].Before, 0
	}
	return &all
}

// plainDetails counts the first so many rows by event and by day. It decodes and maps each of them, and finds the
// first row of each reason.
func plainDetails(t *testing.T, plan *testPlan, first *FirstPass, rows int64) *Details {
	t.Helper()
	days, events := map[string]*RowFates{}, map[string]*RowFates{}
	d := &Details{Examples: []RowExample{}, LargestPeople: []LargePerson{}}
	mapper, classifier := plan.Mapping.NewMapper(first.People), plan.Mapping.NewClassifier()
	came, ids := map[string]bool{}, map[string]bool{}
	read := int64(0)
	note := func(day, event string, add RowFates) {
		for _, one := range []struct {
			of  map[string]*RowFates
			key string
		}{{days, day}, {events, event}} {
			if one.of[one.key] == nil {
				one.of[one.key] = &RowFates{}
			}
			addFates(one.of[one.key], add)
		}
	}
	example := func(one RowExample, ref uint64) {
		at := slices.IndexFunc(d.Examples, func(had RowExample) bool { return had.Reason == one.Reason })
		if at >= 0 {
			d.Examples[at].Rows++
			return
		}
		one.File, one.Row = first.places.find(ref)
		one.Rows = 1
		d.Examples = append(d.Examples, one)
	}
	for chunk, err := range posthog.Read(t.Context(), plan.Sources, posthog.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for event, bad := range chunk.Events() {
			if read++; bad != nil {
				if read > rows {
					note("", "", RowFates{NotReached: 1})
					continue
				}
				note("", "", RowFates{Rejected: 1})
				example(RowExample{Reason: bad.Reason, Line: bad.Line, Raw: string(bad.Row)}, bad.Ref)
				continue
			}
			for _, id := range [][]byte{event.DistinctID, event.AnonDistinctID, event.Alias} {
				ids[string(id)] = true
			}
			day := ""
			at, bad := plan.Mapping.When(event)
			if bad.Bucket != mapping.Rejected {
				day = time.Unix(at.Seconds(), 0).UTC().Format(time.DateOnly)
			}
			if read > rows {
				note(day, string(event.Name), RowFates{NotReached: 1})
				continue
			}
			if id := mapping.EventID(event).String(); classifier.Classify(event).Bucket == mapping.Send {
				if came[id] {
					note(day, string(event.Name), RowFates{Before: 1})
					continue
				}
				came[id] = true
			}
			_, _, o := mapper.Event(nil, event)
			note(day, string(event.Name), map[mapping.Bucket]RowFates{
				mapping.Send: {Send: 1}, mapping.FeedsPerson: {Person: 1}, mapping.Skipped: {LeftOut: 1}, mapping.Rejected: {Rejected: 1},
			}[o.Bucket])
			if o.Reason != "" {
				one := RowExample{Reason: o.Reason, Line: event.Line, Event: string(event.Name), DistinctID: string(event.DistinctID), Raw: string(event.Row[:min(len(event.Row), maxRaw)])}
				if at.State == posthog.Known {
					one.At = time.UnixMicro(at.Micros).UTC()
				}
				example(one, event.Ref)
			}
		}
		chunk.Release()
	}
	for day, fates := range days {
		d.Days = append(d.Days, DayRows{day, *fates})
	}
	for name, fates := range events {
		d.Events = append(d.Events, EventRows{name, *fates})
	}
	d.LargestPeople = largestAmong(first.People, ids)
	slices.SortFunc(d.Days, func(a, b DayRows) int { return strings.Compare(a.Day, b.Day) })
	slices.SortFunc(d.Events, func(a, b EventRows) int {
		if a.All() != b.All() {
			return int(b.All() - a.All())
		}
		return strings.Compare(a.Name, b.Name)
	})
	return d
}

// largestAmong finds the people with the most of some IDs.
func largestAmong(directory *people.Directory, ids map[string]bool) []LargePerson {
	counts := map[uint32]int{}
	for id := range ids {
		if person, _ := directory.Lookup([]byte(id)); person != nil {
			counts[person.Number]++
		}
	}
	numbers := slices.DeleteFunc(slices.Sorted(maps.Keys(counts)), func(number uint32) bool { return counts[number] < 2 })
	slices.SortStableFunc(numbers, func(a, b uint32) int { return counts[b] - counts[a] })
	all := []LargePerson{}
	for _, number := range numbers[:min(len(numbers), mostLargePeople)] {
		all = append(all, LargePerson{IDs: counts[number], KeptID: directory.Person(number).DistinctID})
	}
	return all
}

// TestLargestPeopleHaveLoginsAndEmails looks at people with 1 to 25 IDs, some of them emails.
func TestLargestPeopleHaveLoginsAndEmails(t *testing.T) {
	var text strings.Builder
	const some = 25
	for i := range some {
		for n := range i {
			fmt.Fprintf(&text, `{"event":"$identify","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{"$anon_distinct_id":"anon_%d_%d","$set":{"email":"one%d@example.com"}}}`+"\n", i, i, n, i)
		}
	}
	fmt.Fprintf(&text, `{"event":"$create_alias","distinct_id":"user_%d","timestamp":"2026-03-04T10:00:00Z","properties":{"alias":"other@example.com"}}`+"\n", some-1)
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, level := range []DetailLevel{PlainDetails, PersonalDetails} {
		plan := newPlan(t, mapping.Options{}, path)
		plan.Details = level
		summary, err := plan.readAndSend(t, t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all := summary.Details.LargestPeople
		if len(all) != mostLargePeople || all[1].IDs != some-1 || all[mostLargePeople-1].IDs != some-mostLargePeople+1 {
			t.Fatalf("%+v", all)
		}
		want := LargePerson{IDs: some + 1, Logins: 1}
		if level == PersonalDetails {
			want.KeptID, want.Emails = fmt.Sprintf("user_%d", some-1), []string{fmt.Sprintf("one%d@example.com", some-1), "other@example.com"}
		}
		if diff := cmp.Diff(want, all[0]); diff != "" {
			t.Errorf("the largest, want -, got +:\n%s", diff)
		}
	}
}

// TestDetailsAreThoseOfEveryRowDecoded compares what two passes count, of which neither sees all rows, with what one
// pass counts that does. Some runs are stopped at one of their batches.
func TestDetailsAreThoseOfEveryRowDecoded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	inTheMiddle := 0
	counted := func(r *rapid.T) {
		plan := drawPlan(t, r, path)
		plan.Details = PersonalDetails
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			r.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stopped := errors.New("stopped by the test")
		if rapid.Bool().Draw(r, "stopped") {
			plan.Sender = &cancelling{plan.Sender, rapid.IntRange(0, 10).Draw(r, "batches"), func() { cancel(stopped) }}
		}
		summary, err := Send(ctx, first, plan.Delivery)
		cancel(nil)
		if err != nil && !errors.Is(err, stopped) {
			r.Fatal(err)
		}
		if rows := summary.Rows.Read; rows > 0 && rows < first.Rows {
			inTheMiddle++
		}
		if wrong := wrongDetails(summary, first.Rows); wrong != "" {
			r.Errorf("of %d of %d rows: %s", summary.Rows.Read, first.Rows, wrong)
		}
		want := plainDetails(t, plan, first, summary.Rows.Read)
		ignored := cmpopts.IgnoreFields(LargePerson{}, "Logins", "Emails")
		if diff := cmp.Diff(want, summary.Details, ignored, cmpopts.IgnoreFields(Details{}, "Profiles")); diff != "" {
			r.Errorf("details of %d of %d rows, want -, got +:\n%s", summary.Rows.Read, first.Rows, diff)
		}
		if err := first.Close(); err != nil {
			r.Fatal(err)
		}
	}
	for n := 0; n == 0 || n < 50 && inTheMiddle == 0; n++ { // few of the stops come in the middle
		rapid.Check(t, counted)
	}
	if inTheMiddle == 0 {
		t.Error("no run was stopped between its first row and its last")
	}
}

// TestDetailsOfARunThatSendsNothing holds that all rows of a run that ended before its first request are there.
func TestDetailsOfARunThatSendsNothing(t *testing.T) {
	plan := newPlan(t, mapping.Options{}, samples+"acornly_events.jsonl")
	plan.Details = PlainDetails
	first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if wrong := wrongDetails(Unsent(first), first.Rows); wrong != "" {
		t.Error(wrong)
	}
}

// TestDetailsAreBounded counts rows with more names than are counted by themselves, some of them too long, on more
// days than there is memory for in tests.
func TestDetailsAreBounded(t *testing.T) {
	var text strings.Builder
	const more = 50
	for i := range maxFateNames + more {
		fmt.Fprintf(&text, `{"event":"name %d","distinct_id":"user_1","timestamp":"2026-03-04T10:00:00Z"}`+"\n", i)
	}
	fmt.Fprintf(&text, `{"event":%q,"distinct_id":"user_1","timestamp":"2026-03-04T10:00:00Z"}`+"\n", strings.Repeat("x", maxFateNameLength+1))
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := newPlan(t, mapping.Options{}, path)
	plan.Details = PlainDetails
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := summary.Details
	if len(d.Events) != maxFateNames || d.EventsBeyond.Send != more+1 || len(d.Days) != 1 {
		t.Errorf("%d names, %+v beyond, %d days", len(d.Events), d.EventsBeyond, len(d.Days))
	}
}

// TestPlainDetailsHaveNoPersonalData looks for IDs in details that were asked for without them.
func TestPlainDetailsHaveNoPersonalData(t *testing.T) {
	plan := newPlan(t, mapping.Options{}, manyRows(t, 100))
	plan.Details = PlainDetails
	plan.Sender = &destination{came: map[string]int{}, left: 1 << 30, refuse: func(op []byte) bool { return parsed(op).Action == customerio.Page }}
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if wrong := wrongDetails(summary, summary.Rows.Read); wrong != "" {
		t.Error(wrong)
	}
	refused := false
	for _, one := range summary.Details.Examples {
		refused = refused || deliver.IsRefusal(one.Reason)
		if one.DistinctID != "" || one.Raw != "" {
			t.Errorf("%+v", one)
		}
	}
	if !refused {
		t.Errorf("no example of what the API refused: %+v", summary.Details.Examples)
	}
}

// TestDetailsAllocateNothingPerRow counts rows of a few names and days.
func TestDetailsAllocateNothingPerRow(t *testing.T) {
	rules, err := mapping.New(mapping.Options{Now: runTime})
	if err != nil {
		t.Fatal(err)
	}
	share := newFateShare(rules, true)
	rows := []*posthog.Event{}
	for i := range 10 {
		at := posthog.Time{Micros: runTime.UnixMicro() - int64(i)*microsInDay, State: posthog.TimeState(i % 3)}
		rows = append(rows, &posthog.Event{Name: []byte{'a' + byte(i)}, Timestamp: at})
	}
	if n := testing.AllocsPerRun(100, func() {
		for _, row := range rows {
			share.mapped(row, &mapping.Outcome{Bucket: mapping.Skipped, Reason: mapping.ReasonNoise})
			share.event(row, fateOpen)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
