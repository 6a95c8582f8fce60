package export

import (
	"testing"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
)

func TestCheckFindsWhatDoesNotAddUp(t *testing.T) {
	counted := func() *tally {
		t := newTally()
		t.row(mapping.Outcome{Bucket: mapping.Send, Action: customerio.Page})
		t.row(mapping.Outcome{Bucket: mapping.FeedsPerson})
		t.row(mapping.Outcome{Bucket: mapping.Skipped, Reason: "noise"})
		t.row(mapping.Outcome{Bucket: mapping.Rejected, Reason: "not_json"})
		t.accepted[customerio.Page]++
		return t
	}
	if err := counted().check(); err != nil {
		t.Errorf("a sound tally: %v", err)
	}
	for name, spoil := range map[string]func(*tally){
		"a row read and lost":         func(t *tally) { t.read++ },
		"a row counted twice":         func(t *tally) { t.person++ },
		"an operation without answer": func(t *tally) { t.built[customerio.Identify]++ },
		"an answer too many":          func(t *tally) { t.accepted[customerio.Page]++ },
	} {
		spoilt := counted()
		spoil(spoilt)
		if spoilt.check() == nil {
			t.Errorf("%s: not found", name)
		}
	}
}
