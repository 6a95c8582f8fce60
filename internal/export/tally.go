package export

import (
	"fmt"
	"maps"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
)

// tally counts where rows and operations ended. It belongs to one goroutine, or to whoever holds its owner's lock.
type tally struct {
	read      int64
	person    int64
	skipped   map[string]int64
	rejected  map[string]int64 // rows, by reason
	duplicate int64            // rows whose event a row before them is
	earlier   int64            // rows acknowledged by an earlier run, or before this run went on
	recent    int64            // operations accepted that can start a campaign

	built      map[customerio.Action]int64
	accepted   map[customerio.Action]int64
	refused    map[customerio.Action]int64
	unsent     map[customerio.Action]int64
	unanswered map[customerio.Action]int64 // of unsent, those that were sent
}

func newTally() *tally {
	return &tally{
		skipped: map[string]int64{}, rejected: map[string]int64{},
		built: map[customerio.Action]int64{}, accepted: map[customerio.Action]int64{},
		refused: map[customerio.Action]int64{}, unsent: map[customerio.Action]int64{}, unanswered: map[customerio.Action]int64{},
	}
}

// row counts the outcome of one row. A row that is sent is counted by what becomes of its operation.
func (t *tally) row(o mapping.Outcome) {
	t.read++
	switch o.Bucket {
	case mapping.Send:
		t.built[o.Action]++
	case mapping.FeedsPerson:
		t.person++
	case mapping.Skipped:
		t.skipped[o.Reason]++
	case mapping.Rejected:
		t.rejected[o.Reason]++
	}
}

func (t *tally) add(o *tally) {
	t.read += o.read
	t.person += o.person
	t.duplicate += o.duplicate
	t.earlier += o.earlier
	addAll(t.skipped, o.skipped)
	addAll(t.rejected, o.rejected)
	addAll(t.built, o.built)
}

func addAll[K comparable](to, from map[K]int64) {
	for k, n := range from {
		to[k] += n
	}
}

func sum[K comparable](counts map[K]int64) (total int64) {
	for n := range maps.Values(counts) {
		total += n
	}
	return total
}

// tracked are the actions that stand for a row.
var tracked = []customerio.Action{customerio.Event, customerio.Page, customerio.Screen}

// ofRows adds up the operations that stand for a row.
func ofRows(counts map[customerio.Action]int64) (total int64) {
	for _, action := range tracked {
		total += counts[action]
	}
	return total
}

// check holds the counts against each other: every row and every operation must have ended in exactly one place.
func (t *tally) check() error {
	sent, unsent := ofRows(t.accepted), ofRows(t.unsent)
	if total := sent + t.person + sum(t.skipped) + sum(t.rejected) + t.duplicate + t.earlier + unsent; total != t.read {
		return fmt.Errorf("the rows do not add up: %d read, but %d sent, %d person, %d skipped, %d rejected, %d duplicate, %d earlier and %d unsent make %d; "+
			"report this as a bug", t.read, sent, t.person, sum(t.skipped), sum(t.rejected), t.duplicate, t.earlier, unsent, total)
	}
	for action, built := range t.built {
		if total := t.accepted[action] + t.refused[action] + t.unsent[action]; total != built {
			return fmt.Errorf("the %s operations do not add up: %d built, but %d accepted, %d rejected and %d unsent; report this as a bug",
				action, built, t.accepted[action], t.refused[action], t.unsent[action])
		}
	}
	return nil
}
