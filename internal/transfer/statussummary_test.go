package transfer

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStatusHasAllOfASummary: besides the sources of which there is nothing to say.
func TestStatusHasAllOfASummary(t *testing.T) {
	t.Parallel()
	s := Nothing(nil)
	s.Rows.Read, s.Next, s.Rejects, s.Seconds = 7, "ph2cio sync", "rejects.jsonl", 1.5
	s.LostHistory = []LostHistory{{Path: "a", Rows: 2, IDs: []string{}, Visitors: 1}}
	s.TwoProfiles = &TwoProfiles{Count: 1, People: []HeldPerson{{ID: "ann"}}}
	s.Sources = []SourceSummary{{Path: "a"}, {Path: "b", Trouble: "cut"}, {Path: "c"}, {Path: "d", Warning: "half a row"}}
	text, err := s.ForStatus()
	if err != nil || len(s.Sources) != 4 {
		t.Fatalf("%d sources are left, %v", len(s.Sources), err)
	}
	var got Summary
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	s.Sources = []SourceSummary{s.Sources[1], s.Sources[3]}
	if diff := cmp.Diff(s, &got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if n := got.HeldCount(); n != 1 || Nothing(nil).HeldCount() != 0 {
		t.Errorf("%d people are held", n)
	}
}
