package progress

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLinesTellStartPaceAndEndOfEachPhase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := New(Options{Out: &out})
		p.Phase("reading", 3_400_000_000, Bytes)
		p.Note("41k rows/s")
		pass(500 * time.Millisecond) // never at the same moment as a line
		for second := int64(1); second <= 34; second++ {
			p.Advance(second * 39_000_000)
			pass(time.Second)
		}
		pass(30 * time.Second)
		p.Say("waiting 5s, as Customer.io asked")
		p.Advance(3_400_000_000)
		p.Phase("sending people", 12_000, Operations)
		pass(100 * time.Second)
		p.Advance(4_000)
		p.Done()
		p.Done()
		want := `reading (3.4 GB)
reading: 34%, 1.2 GB of 3.4 GB, 39 MB/s, 41k rows/s, about 57s left
reading: 39%, 1.3 GB of 3.4 GB, 41k rows/s
waiting 5s, as Customer.io asked
reading: finished in 1m, 41k rows/s
sending people (12,000 operations)
sending people: 0%, 0 of 12,000
sending people: 0%, 0 of 12,000
sending people: 0%, 0 of 12,000
sending people: stopped after 2m, 4,000 of 12,000
`
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("lines differ (-want +got):\n%s", diff)
		}
	})
}

// pass lets time pass, until everything that is due has been drawn.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestBarStaysOnOneLineAndGoesAway(t *testing.T) {
	for _, width := range []int{12, 40, 80, 132} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				screen := &screen{width: width}
				p := New(Options{Out: screen, Terminal: true, Screen: Screen{Width: func() int { return width }}})
				p.Phase("reading", 1000, Bytes)
				for done := int64(0); done <= 1000; done += 50 {
					p.Advance(done)
					p.Note(strings.Repeat("日本 · ", int(done)/100))
					pass(time.Second)
				}
				if !strings.HasPrefix(screen.last(), "reading 100%") && width >= 40 {
					t.Errorf("bar at the end: %q", screen.last())
				}
				p.Say("a warning")
				pass(time.Second)
				p.Phase("sending merges", 10, Operations)
				p.Done()
				if diff := cmp.Diff([]string{"a warning", ""}, screen.lines()); diff != "" {
					t.Errorf("left on the screen (-want +got):\n%s", diff)
				}
				if trouble := screen.trouble(); trouble != "" {
					t.Error(trouble)
				}
			})
		})
	}
}

func TestBarMakesWayForWhatElseIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &screen{width: 60}
		p := New(Options{Out: screen, Terminal: true, Screen: Screen{Width: screen.columns}})
		p.Phase("reading", 10, Operations)
		p.Aside(func() { fmt.Fprintln(screen, "{") })
		pass(time.Second)
		p.Aside(func() { fmt.Fprintln(screen, "}") })
		pass(time.Second)
		if bar := screen.last(); !strings.Contains(bar, "reading") {
			t.Errorf("the bar did not come back: %q", bar)
		}
		p.Done()
		if diff := cmp.Diff([]string{"{", "}", ""}, screen.lines()); diff != "" {
			t.Errorf("left on the screen (-want +got):\n%s", diff)
		}
	})
}

func TestBarFollowsTheTerminalsWidth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &screen{width: 100}
		p := New(Options{Out: screen, Terminal: true, Screen: Screen{Width: screen.columns}})
		p.Phase("reading", 2000, Bytes)
		p.Advance(1000)
		pass(time.Second)
		wide := screen.last()
		screen.resize(50)
		p.Advance(1001)
		pass(time.Second)
		narrow := screen.last()
		p.Done()
		if want := "reading  50% ███████████████░░░░░░░░░░░░░░░  1.0 kB/2.0 kB"; wide != want {
			t.Errorf("at 100 columns: %q, want %q", wide, want)
		}
		if want := "reading  50% █████░░░░░  1.0 kB/2.0 kB"; !strings.HasPrefix(narrow, want) {
			t.Errorf("at 50 columns: %q, want %q", narrow, want)
		}
		if trouble := screen.trouble(); trouble != "" {
			t.Error(trouble)
		}
	})
}

func TestBarShowsWaitingAlthoughNothingMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen := &screen{width: 120}
		p := New(Options{Out: screen, Terminal: true, Screen: Screen{Width: func() int { return 120 }}})
		p.Phase("sending events", 1_000_000, Bytes)
		p.Advance(400_000) // where an earlier run was interrupted
		pass(time.Second)
		for done := int64(401_000); done <= 431_000; done += 1000 {
			p.Advance(done)
			pass(time.Second)
		}
		if got := screen.last(); !strings.HasSuffix(got, "954 B/s  ETA 9:56") {
			t.Errorf("at 1000 in each second with 569,000 to go: %q", got)
		}
		pass(5 * time.Minute)
		if got := screen.last(); strings.Contains(got, "ETA") || strings.Contains(got, "/s") {
			t.Errorf("after five minutes of standstill: %q", got)
		}
		p.Done()
	})
}

// TestProgressInTwoPlaces holds that each place gets its own form at its own intervals, and that the second one is
// not kept quiet with the first.
func TestProgressInTwoPlaces(t *testing.T) {
	for name, first := range map[string]Options{"a bar": {Terminal: true}, "lines": {}, "quiet": {Quiet: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				screen, log := &screen{width: 80}, &bytes.Buffer{}
				first.Out, first.Beside = screen, &Options{Out: log}
				p := New(first)
				p.Phase("reading", 1000, Bytes)
				p.Advance(500)
				pass(61 * time.Second)
				if drawn := strings.Contains(screen.last(), "50%"); drawn != first.Terminal {
					t.Errorf("the screen shows %q", screen.last())
				}
				p.Say("a warning")
				p.Aside(func() {})
				p.Done()
				want := "reading (1.0 kB)\nreading: 50%, 500 B of 1.0 kB\nreading: 50%, 500 B of 1.0 kB\na warning\nreading: stopped after 1m, 500 B of 1.0 kB\n"
				if diff := cmp.Diff(want, log.String()); diff != "" {
					t.Errorf("lines differ (-want +got):\n%s", diff)
				}
				if got := strings.Join(screen.lines(), "\n"); !first.Terminal && !first.Quiet && got != want {
					t.Errorf("the screen has\n%s", got)
				}
			})
		})
	}
}

func TestUnknownTotalShowsTheAmountAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		screen, log := &screen{width: 80}, &bytes.Buffer{}
		bar, lines := New(Options{Out: screen, Terminal: true}), New(Options{Out: log})
		for _, p := range []*Progress{bar, lines} {
			p.Phase("reading", 0, Bytes)
			p.Advance(12_345)
		}
		pass(31 * time.Second)
		if got, want := screen.last(), "reading  12 kB"; got != want {
			t.Errorf("bar shows %q, want %q", got, want)
		}
		bar.Done()
		lines.Done()
		if got, want := log.String(), "reading\nreading: 12 kB\nreading: finished in 31s, 12 kB\n"; got != want {
			t.Errorf("log shows %q, want %q", got, want)
		}
	})
}

func TestQuietAndZeroValuesShowNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		for _, p := range []*Progress{nil, {}, New(Options{}), New(Options{Out: &out, Quiet: true, Terminal: true})} {
			p.Phase("reading", 10, Bytes)
			p.Advance(5)
			p.Note("note")
			p.Say("line")
			pass(time.Minute)
			p.Done()
		}
		if out.Len() > 0 {
			t.Errorf("wrote %q", &out)
		}
	})
}

func TestProgressMayBeUsedFromManyGoroutines(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		var out bytes.Buffer
		p := New(Options{Out: &out, Terminal: terminal, Every: time.Microsecond})
		var group sync.WaitGroup
		for worker := range 4 {
			group.Go(func() {
				for i := range 200 {
					switch {
					case i%50 == 0 && worker == 0:
						p.Phase("reading", 200, Bytes)
					case i%50 == 0:
						p.Say("a line")
					}
					p.Advance(int64(i))
					p.Note("a note")
				}
			})
		}
		group.Wait()
		p.Done()
		if got := strings.Count(out.String(), "a line\n"); got != 12 {
			t.Errorf("terminal %t: %d of 12 lines arrived whole", terminal, got)
		}
	}
}

func TestAdvanceAllocatesNothing(t *testing.T) {
	p := New(Options{Out: &bytes.Buffer{}})
	p.Phase("reading", 10, Bytes)
	defer p.Done()
	if n := testing.AllocsPerRun(100, func() { p.Advance(5) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestTimeLeftForPeople(t *testing.T) {
	tests := []struct {
		left             time.Duration
		words, countdown string
	}{
		{0, "less than a second left", "0:00"},
		{3 * time.Second, "about 3.0s left", "0:03"},
		{725 * time.Second, "about 12m left", "12:05"},
		{3723 * time.Second, "about 1h02m left", "1:02:03"},
		{75*time.Hour + 20*time.Minute, "about 3d3h left", "3d03h"},
	}
	for _, test := range tests {
		s := snapshot{left: test.left, leftKnown: true}
		if words, countdown := s.estimate(), s.countdown(); words != test.words || countdown != test.countdown {
			t.Errorf("%s: %q and %q, want %q and %q", test.left, words, countdown, test.words, test.countdown)
		}
	}
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	tests := []struct {
		text    string
		columns int
		want    string
	}{
		{"reading", 7, "reading"},
		{"reading", 6, "readi…"},
		{"日本語", 6, "日本語"},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"e\u0301te\u0301", 2, "e\u0301…"},
		{"ab", 1, "…"},
	}
	for _, test := range tests {
		if got := cut(test.text, test.columns, "…"); got != test.want {
			t.Errorf("cut(%q, %d) = %q, want %q", test.text, test.columns, got, test.want)
		}
	}
}
