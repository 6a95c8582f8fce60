package transfer

import (
	"slices"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
)

// TestProgressWaitsForAnswers has parts of a source whose operations are answered later, one that makes none among them.
func TestProgressWaitsForAnswers(t *testing.T) {
	var a answered
	if !a.read(0, 10) || a.read(3, 20) || a.read(0, 30) || a.read(2, 40) {
		t.Error("parts with open operations are taken for sent, or others are not")
	}
	var got []int64
	for _, answers := range []int64{0, 2, 3, 4, 5} {
		got = append(got, a.answer(answers))
	}
	if want := []int64{10, 10, 30, 30, 40}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if !a.read(0, 50) || a.read(1, 60) || a.answer(6) != 60 {
		t.Error("it does not go on")
	}
}

// stagesOf records how far the phase of events was, and what was said of it.
type stagesOf struct {
	silent
	events bool
	done   int64
	stages []stage
}

type stage struct {
	done int64
	note string
}

func (s *stagesOf) Phase(name string, _ int64, _ Unit) {
	s.events = name == "sending events" || name == "preparing events"
}
func (s *stagesOf) Advance(done int64) { s.done = done }
func (s *stagesOf) Note(text string) {
	if s.events {
		s.stages = append(s.stages, stage{s.done, text})
	}
}

// TestProgressDoesNotCountWhatWasNotAccepted has a source that fits into one request: until its answer comes, nothing was sent.
func TestProgressDoesNotCountWhatWasNotAccepted(t *testing.T) {
	path := writeSynthetic(t, synthetic.Options{Rows: 40, People: 3, Seed: 7})
	plan := newPlan(t, mapping.Options{}, path)
	seen := &stagesOf{}
	plan.Progress = seen
	plan.to(t, newSandbox(sandbox.Faults{}))
	summary, err := plan.readAndSend(t, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := seen.stages[len(seen.stages)-1]
	if summary.Rows.Sent == 0 || last.note == "0 events, 1 request" {
		t.Errorf("%d sent, the last state says %q", summary.Rows.Sent, last.note)
	}
	for _, one := range seen.stages {
		if one.done > 0 && one.note[:2] == "0 " {
			t.Errorf("%+v: nothing is sent yet", one)
		}
	}
}
