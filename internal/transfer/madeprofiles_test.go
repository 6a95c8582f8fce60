package transfer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// wrongProfiles compares the profiles that a run has listed with the operations that came, of which some were refused;
// empty if they are the same.
func wrongProfiles(made []MadeProfile, came map[string]int, refuse func([]byte) bool) string {
	identified, merged := map[Profile]bool{}, map[Profile]bool{}
	for body := range came {
		op := parsed([]byte(body))
		switch {
		case refuse([]byte(body)):
		case op.Action == customerio.Identify:
			identified[namedBy(op.Who)] = true
		case op.Action == customerio.Merge:
			merged[namedBy(op.Who)] = true
		}
	}
	listed, into := map[Profile]bool{}, map[Profile]bool{}
	for _, one := range made {
		switch one.Did {
		case ProfileMergedAway:
			into[one.Into] = true
		case ProfileMergedInto:
		default:
			if listed[one.Profile] {
				return fmt.Sprintf("%+v is listed twice", one)
			}
			listed[one.Profile] = true
		}
	}
	if len(identified) == 0 || len(merged) == 0 {
		return "nobody was identified, or nothing merged"
	}
	return cmp.Diff(identified, listed) + cmp.Diff(merged, into)
}

// TestProfilesAreNewAsFarAsIsKnown sends two people, of whom Customer.io has one, and lists them in a preview.
func TestProfilesAreNewAsFarAsIsKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	rows := `{"event":"a","distinct_id":"user_1","timestamp":"2026-01-01T00:00:00Z","properties":{"$set":{"email":"one@example.com","plan":"a\"b"}}}
{"event":"a","distinct_id":"user_2","timestamp":"2026-01-01T00:00:00Z"}
`
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	existing := people.NewExisting()
	existing.Add("user_1", "one@example.com", "")
	for name, c := range map[string]struct {
		existing *people.Existing
		did      [2]ProfileChange
		counts   MadeProfiles
	}{
		"with the list of those that exist": {existing, [2]ProfileChange{ProfileUpdated, ProfileCreated}, MadeProfiles{New: 1, Updated: 1}},
		"without":                           {nil, [2]ProfileChange{CreatedOrUpdated, CreatedOrUpdated}, MadeProfiles{Unknown: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			plan := newPlan(t, mapping.Options{}, path)
			plan.Index.Existing, plan.ListProfiles, plan.Details = c.existing, true, PlainDetails
			summary, err := plan.readAndSend(t, t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := []MadeProfile{
				{Profile: Profile{"id", "user_1"}, Did: c.did[0], DistinctID: "user_1", Email: "one@example.com", Attributes: []string{"email", "plan"}},
				{Profile: Profile{"id", "user_2"}, Did: c.did[1], DistinctID: "user_2"},
			}
			if diff := cmp.Diff(want, slices.Collect(summary.Made)); diff != "" {
				t.Errorf("profiles, want -, got +:\n%s", diff)
			}
			if summary.Details.Profiles != c.counts {
				t.Errorf("%+v, want %+v", summary.Details.Profiles, c.counts)
			}
		})
	}
}

// TestAProfileThatOnlyGetsAnotherIsListed sends a person, and then merges the profile of their visitor into theirs.
func TestAProfileThatOnlyGetsAnotherIsListed(t *testing.T) {
	const visitor = "0195602e-7a11-7c3e-9d55-000000000001"
	path := filepath.Join(t.TempDir(), "events.jsonl")
	row := `{"event":"$identify","distinct_id":"user_1","timestamp":"2026-01-01T00:00:00Z","properties":{"$anon_distinct_id":"` + visitor + `"}}` + "\n"
	if err := os.WriteFile(path, []byte(row), 0o600); err != nil {
		t.Fatal(err)
	}
	existing := people.NewExisting()
	existing.Add(visitor, "", "")
	existing.Add("user_1", "", "")
	store := openStore(t, t.TempDir())
	defer store.Close()
	var made []MadeProfile
	for _, merges := range []people.MergePolicy{people.MergeNever, people.MergeNeeded} {
		plan := newPlan(t, mapping.Options{}, path)
		plan.Choice.Merges, plan.ListProfiles = merges, true
		if merges == people.MergeNeeded {
			plan.Index.Existing = existing
		}
		first := firstPassOf(t, store, plan)
		plan.Ledger = begunIn(t, store, first)
		summary, err := Send(t.Context(), first, plan.Delivery)
		if err == nil {
			made = slices.Collect(summary.Made)
			err = plan.Ledger.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: runTime})
		}
		if err = errors.Join(err, first.Close()); err != nil {
			t.Fatal(err)
		}
	}
	want := []MadeProfile{
		{Profile: Profile{"id", visitor}, Did: ProfileMergedAway, Into: Profile{"id", "user_1"}},
		{Profile: Profile{"id", "user_1"}, Did: ProfileMergedInto, DistinctID: "user_1"},
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("profiles, want -, got +:\n%s", diff)
	}
}
