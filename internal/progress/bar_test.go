package progress

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestBarAtEveryWidth holds what is left out where room is short, and that no line is wider than its terminal.
func TestBarAtEveryWidth(t *testing.T) {
	p := newPhase("sending events", 46_962, Operations, time.Now)
	s := &snapshot{done: 21_450, perSecond: 1980, left: 13 * time.Second, leftKnown: true, note: "12 rows rejected"}
	for _, test := range []struct {
		width int
		want  string
	}{
		{120, "events  45% █████████████░░░░░░░░░░░░░░░░░  21,450/46,962  1,980/s  ETA 0:13  12 rows rejected"},
		{80, "events  45% ██████░░░░░░░░  21,450/46,962  1,980/s  ETA 0:13  12 rows rejected"},
		{70, "events  45% █████████░░░░░░░░░░░░░  21,450/46,962  1,980/s  ETA 0:13"},
		{50, "events  45% █████░░░░░░░  21,450/46,962  ETA 0:13"},
		{40, "events  45%  21,450/46,962  ETA 0:13"},
		{33, "events  45%  1,980/s  ETA 0:13"},
		{25, "events  45%  ETA 0:13"},
		{10, "events  4…"},
	} {
		if got := newBar(nil, Screen{}).line(p, s, test.width); got != test.want {
			t.Errorf("%d columns: %q, want %q", test.width, got, test.want)
		}
	}
	s.done = 0
	if got, want := newBar(nil, Screen{}).line(p, s, 70), "events   0% ░░░░░░░░░░░░░░░░░░░░░░       0/46,962  1,980/s  ETA 0:13"; got != want {
		t.Errorf("at the beginning: %q, want %q", got, want)
	}
	s.done = 100
	for width := range 130 {
		for _, ascii := range []bool{false, true} {
			got := newBar(nil, Screen{ASCII: ascii}).line(p, s, width)
			if columnsOf(got) > width {
				t.Errorf("%d columns for %d: %q", columnsOf(got), width, got)
			}
			if ascii && strings.ContainsFunc(got, func(r rune) bool { return r > 126 }) {
				t.Errorf("not ASCII: %q", got)
			}
		}
	}
	got := newBar(nil, Screen{ASCII: true}).line(p, s, 70)
	if want := "events   0% ......................     100/46,962  1,980/s  ETA 0:13"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAnEstimatedTotalIsCorrected holds that a total that turns out to be smaller ends at 100 %.
func TestAnEstimatedTotalIsCorrected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &screen{width: 80}
		p := New(Options{Out: screen, Terminal: true})
		p.Phase("sending events", 0, Operations)
		p.Advance(50)
		pass(time.Second)
		unknown := screen.last()
		p.Total(200, true)
		pass(time.Second)
		about := screen.last()
		p.Total(150, false)
		p.Advance(150)
		pass(time.Second)
		exact := screen.last()
		p.Done()
		for _, one := range [][2]string{
			{unknown, "events  50"},
			{about, "events  25% ███████░░░░░░░░░░░░░░░░░░░░░░░   50/~200"},
			{exact, "events 100% ██████████████████████████████  150/150  34/s"},
		} {
			if one[0] != one[1] {
				t.Errorf("%q, want %q", one[0], one[1])
			}
		}
	})
}

// counting is trouble that counts down from its beginning.
func counting(began time.Time) *Trouble {
	text := fmt.Sprintf("! Customer.io answers 503; try 4 of 8 in 3 s (%d s so far)", int(time.Since(began).Seconds()))
	return &Trouble{Lines: []string{text}, Began: "Customer.io answers 503", Over: fmt.Sprintf("Customer.io answers again after %d s", int(time.Since(began).Seconds()))}
}

func TestTroubleShowsBelowTheBarAndGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &screen{width: 80, codes: true}
		p := New(Options{Out: screen, Terminal: true, Screen: Screen{Width: screen.columns, Codes: true, Colour: true}})
		p.Phase("sending events", 1000, Operations)
		p.Advance(460)
		began := time.Now()
		p.Watch(func() *Trouble {
			if time.Since(began) > 20*time.Second {
				return nil
			}
			return counting(began)
		})
		pass(14200 * time.Millisecond)
		bar := "events  46% █████████████░░░░░░░░░░░░░░░░░    460/1,000"
		if diff := cmp.Diff([]string{bar, "! Customer.io answers 503; try 4 of 8 in 3 s (14 s so far)"}, screen.lines()); diff != "" {
			t.Errorf("in trouble (-want +got):\n%s", diff)
		}
		p.Say("a warning")
		pass(time.Second)
		if got := screen.lines(); len(got) != 3 || got[0] != "a warning" || got[1] != bar {
			t.Errorf("after a warning: %q", got)
		}
		screen.resize(40)
		pass(time.Second)
		if diff := cmp.Diff([]string{"a warning", "events  46%    460/1,000", "! Customer.io answers 503; try 4 of 8", "  in 3 s (16 s so far)"}, screen.lines()); diff != "" {
			t.Errorf("at 40 columns (-want +got):\n%s", diff)
		}
		pass(10 * time.Second)
		if diff := cmp.Diff([]string{"a warning", "events  46%    460/1,000"}, screen.lines()); diff != "" {
			t.Errorf("over (-want +got):\n%s", diff)
		}
		p.Done()
		if diff := cmp.Diff([]string{"a warning", ""}, screen.lines()); diff != "" {
			t.Errorf("left on the screen (-want +got):\n%s", diff)
		}
		if trouble := screen.trouble(); trouble != "" {
			t.Error(trouble)
		}
	})
}

func TestLinesAreWrappedBetweenWords(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"one two", []string{"one two"}},
		{"  one two three four", []string{"  one two three", "  four"}},
		{"one two incomprehensible", []string{"one two", "  incomprehens…"}},
	} {
		if diff := cmp.Diff(test.want, wrapped(test.text, 15)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestTroubleStandsInTheLineWithoutEscapeCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &screen{width: 80}
		p := New(Options{Out: screen, Terminal: true})
		p.Phase("sending events", 1000, Operations)
		p.Advance(460)
		began := time.Now()
		p.Watch(func() *Trouble { return counting(began) })
		pass(14200 * time.Millisecond)
		if got, want := screen.last(), "events  46%  ! Customer.io answers 503; try 4 of 8 in 3 s (14 s so far)"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		p.Done()
		if trouble := screen.trouble(); trouble != "" {
			t.Error(trouble)
		}
	})
}

// TestALogHasALineForTheBeginningAndTheEndOfTrouble has trouble that comes and goes: each log gets one line for all of
// it, and one when it is over.
func TestALogHasALineForTheBeginningAndTheEndOfTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, terminal := &strings.Builder{}, &screen{width: 80}
		p := New(Options{Out: terminal, Terminal: true, Beside: &Options{Out: out}})
		p.Phase("sending events", 0, Operations)
		began := time.Now()
		p.Watch(func() *Trouble {
			if since := time.Since(began) + time.Second/2; since > 20*time.Second || int(since.Seconds())%3 == 0 {
				return nil
			}
			return counting(began)
		})
		pass(29 * time.Second)
		want := "sending events\nCustomer.io answers 503\nCustomer.io answers again after 19 s\n"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("lines differ (-want +got):\n%s", diff)
		}
		p.Done()
		if diff := cmp.Diff([]string{""}, terminal.lines()); diff != "" {
			t.Errorf("the bar repeats it (-want +got):\n%s", diff)
		}
	})
}

// TestABarCountsAWaitDown has a log beside it, which gets one line.
func TestABarCountsAWaitDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen, out := &screen{width: 80}, &strings.Builder{}
		p := New(Options{Out: screen, Terminal: true, Screen: Screen{Width: screen.columns}, Beside: &Options{Out: out}})
		p.Phase("waiting so that they have the people", 60, Seconds)
		for second := range int64(45) {
			p.Advance(second + 1)
			pass(time.Second)
		}
		if got, want := screen.last(), "waiting  75% █████████████████░░░░░░  ETA 0:15  so that they have the people"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		p.Done()
		if got, want := out.String(), "waiting 1m0s so that they have the people\n"; got != want {
			t.Errorf("the log has %q, want %q", got, want)
		}
	})
}

// TestNoPieceOfTheBarStaysWhenTheWindowChanges has windows that wrap lines anew, and windows that cut them.
func TestNoPieceOfTheBarStaysWhenTheWindowChanges(t *testing.T) {
	for _, reflows := range []bool{true, false} {
		t.Run(fmt.Sprint(reflows), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				screen := &screen{width: 80, codes: true, reflows: reflows}
				p := New(Options{Out: screen, Terminal: true, Screen: Screen{Width: screen.columns, Codes: true, Reflows: reflows}})
				p.Phase("sending events", 100_000, Operations)
				p.Say("a line of before")
				for i, width := range []int{80, 40, 100, 31, 120, 76, 77, 78, 38, 39, 20, 200, 25} {
					screen.resize(width)
					p.Advance(int64(i+1) * 1000)
					pass(3 * time.Second)
					want := []string{"a line of before"[:min(16, width)], newBar(nil, Screen{}).line(p.phase, new(p.snapshot()), width-3)}
					if diff := cmp.Diff(want, screen.lines()); diff != "" {
						t.Errorf("at %d columns (-want +got):\n%s", width, diff)
					}
				}
				p.Done()
				if got := screen.lines(); len(got) != 2 || got[1] != "" {
					t.Errorf("left on the screen: %q", got)
				}
			})
		})
	}
}
