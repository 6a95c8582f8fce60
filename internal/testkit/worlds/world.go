package worlds

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// World is a project of PostHog, and the directory that holds its exports.
type World struct {
	Story   []string    // what happened to the files, in order
	Arrived map[int]int // versions of the events that have arrived, by the number of the row

	random      *rand.Rand
	dir         string
	today       time.Time // the machine's, when the world began
	now         time.Time // in the project: long ago, so that only chosen rows are recent
	traits      traits
	night       int
	users       []*user
	visitors    []*visitor
	all         []*row // every version of every row that was ever written
	files       []*file
	named       int // files that were given a name
	writes      int
	caughtUp    bool                    // the last night came to its end
	holding     bool                    // recent events may be held since an earlier night
	everIn      map[string]map[int]bool // numbers of all rows that a file ever had, by its name
	flags       []string                // of the last night
	delayed     []*row                  // that PostHog has, and no file yet
	late        map[int]bool
	deletedFrom map[int][]string    // files that had a row when they were deleted
	alsoNamed   map[string][]string // earlier names of a file
	hasPersons  bool
}

// traits are what a world is like from its beginning to its end. Numbers are percent.
type traits struct {
	everybody bool // visitors are sent too
	persons   bool // a persons export comes on some nights
	personIDs bool // rows have the person_id
	snapshots bool // rows have what PostHog knows of the person
	allLogIn  bool // in the end nobody is a visitor
	sharing   bool // people log in on devices of others; else users are merged
	profiled  int  // visitors of whom PostHog keeps a person
}

// Ending is how a run ends.
type Ending int

// The endings. After all but Complete, the rest is left for a later run.
const (
	Complete Ending = iota
	Killed          // and typed again until it completes
	Terminated
	OutOfTime
)

// Night is how a sync is run.
type Night struct {
	Flags   []string
	Ending  Ending
	Ahead   time.Duration // how far the clock of the run before was ahead of this one's
	Damaged bool          // some file cannot be read to its end
}

// New returns a world that has an empty directory. The same seed makes the same world.
func New(seed uint64, dir string) *World {
	w := &World{
		Arrived: map[int]int{}, random: rand.New(rand.NewPCG(seed, 1)), dir: dir, today: time.Now().Truncate(time.Second),
		caughtUp: true, late: map[int]bool{}, deletedFrom: map[int][]string{}, everIn: map[string]map[int]bool{}, alsoNamed: map[string][]string{},
	}
	w.now = w.today.Truncate(24*time.Hour).AddDate(0, 0, -60)
	w.traits = traits{
		everybody: w.chance(25), persons: w.chance(40), personIDs: w.chance(50), snapshots: w.chance(40),
		allLogIn: w.chance(70), sharing: w.chance(50), profiled: one(w, []int{0, 0, 50}),
	}
	if err := os.MkdirAll(filepath.Join(dir, "export"), 0o700); err != nil {
		panic(err)
	}
	w.dir = filepath.Join(dir, "export")
	for range 2 + w.random.IntN(4) {
		w.addUser()
	}
	w.Note("%+v", w.traits)
	return w
}

// Next lets a day pass.
func (w *World) Next() Night {
	w.night++
	w.Note("night %d", w.night)
	w.now = w.today.Truncate(24*time.Hour).AddDate(0, 0, w.night-60)
	if !w.caughtUp && !replanning {
		return w.resume()
	}
	w.mend()
	filtered := w.chance(8) && w.allRead() && (filteringHeld || !w.holding)
	rows := w.live(filtered)
	if !filtered {
		rows = w.delay(rows)
	}
	w.arrive(rows, false)
	if len(w.files) == 0 {
		w.addEmpty() // sync refuses a directory that has no files
	}
	if !filtered {
		w.shuffle()
	}
	if w.traits.persons && w.chance(30) {
		w.exportPersons()
	}
	n := w.drawNight()
	if filtered {
		n.Ending = Complete
		n.Flags = append(n.Flags, "--events", "Nothing*")
	}
	w.flags = n.Flags
	w.Note("%+v", n)
	return n
}

// resume returns a night in which new files come, and nothing else changes: the sync goes on with the
// one that was stopped.
func (w *World) resume() Night {
	w.arrive(w.live(false), true)
	n := Night{Flags: w.flags, Damaged: w.isDamaged()}
	w.Note("%+v", n)
	return n
}

func (w *World) isDamaged() bool {
	return slices.ContainsFunc(w.files, func(f *file) bool { return f.damaged })
}

func (w *World) allRead() bool {
	for _, f := range w.files {
		if !f.read {
			return false
		}
	}
	return true
}

func (w *World) drawNight() Night {
	n := Night{Flags: w.FinalFlags(), Ahead: one(w, []time.Duration{0, 0, 0, 0, 0, time.Hour, 48 * time.Hour, -time.Hour, -30 * 24 * time.Hour})}
	n.Damaged = w.isDamaged()
	switch d := w.random.IntN(100); {
	case d < 10:
		n.Flags = append(n.Flags, "--recent", "hold")
	case d < 18 && !w.traits.everybody:
		n.Flags = append(n.Flags, "--people", "with-email")
	}
	switch d := w.random.IntN(100); {
	case d < 15:
		n.Ending = Killed
	case d < 22:
		n.Ending = Terminated
	case d < 28:
		n.Ending = OutOfTime
	}
	return n
}

// Last makes all damaged files whole, and in most worlds identifies every visitor. The run after it is
// one with the final flags.
func (w *World) Last() Night {
	w.Note("the last night")
	w.mend()
	w.arrive(w.delayed, true)
	w.delayed = nil
	if w.traits.allLogIn {
		before := len(w.all)
		for _, v := range w.visitors {
			if !v.known {
				w.now = w.now.Add(time.Minute)
				w.identify(v)
			}
		}
		w.arrive(w.all[before:], true)
	}
	if w.traits.persons {
		w.exportPersons()
	}
	return Night{Flags: w.FinalFlags()}
}

// FinalFlags are those of the backfill that the nights are compared with.
func (w *World) FinalFlags() []string {
	flags := []string{"--recent", "send"}
	if w.traits.everybody {
		flags = append(flags, "--people", "all")
	}
	if w.hasPersons {
		flags = append(flags, "--persons", filepath.Join(filepath.Dir(w.dir), "persons.jsonl"))
	}
	return flags
}

// Ran is told when the runs of a night are over, whether they came to the end of all files, and which
// events have arrived by then: the versions by the number of the row. It returns what is wrong with
// them. A run that resumes the one before leaves out files that are new since then, so that after it
// nothing counts as read.
func (w *World) Ran(arrived map[int]int, complete bool) (wrong []string) {
	resumed := !w.caughtUp
	for number, version := range arrived {
		if w.Arrived[number] == 0 {
			if newest := w.sendable(number); version < newest && !resumed {
				wrong = append(wrong, fmt.Sprintf("event %d arrived as version %d, want %d", number, version, newest))
			}
			w.Arrived[number] = version
		}
	}
	w.caughtUp = complete
	w.holding = w.holding || slices.Contains(w.flags, "hold")
	if !complete || resumed {
		return wrong
	}
	w.holding = slices.Contains(w.flags, "hold")
	for _, f := range w.files {
		if f.damaged {
			continue
		}
		f.read = true
		for _, r := range f.rows {
			if was := w.Arrived[r.number]; was > 0 && r.version > was {
				w.late[r.number] = true
			}
		}
	}
	return wrong
}

// CaughtUp reports whether the last night came to its end.
func (w *World) CaughtUp() bool { return w.caughtUp }

// sendable returns the newest version of a row that a sync can read and send now; 0 if there is none.
func (w *World) sendable(number int) (version int) {
	for _, f := range w.files {
		for _, r := range f.rows {
			if r.number == number && !f.damaged && !bool(r.unreadable) {
				version = max(version, r.version)
			}
		}
	}
	return version
}

// CorrectedLate reports whether a newer version of an event came after the event had arrived.
func (w *World) CorrectedLate(number int) bool { return w.late[number] }

// LostNothing reports whether all events that a file ever had have arrived, or are in some file.
func (w *World) LostNothing(name string) bool {
	for number := range w.everIn[name] {
		if w.Arrived[number] == 0 && w.newest(number).isEvent() && w.sendable(number) == 0 {
			return false
		}
	}
	return true
}

// Gone returns the files that have held an event, by all their names, if none has it any more.
func (w *World) Gone(number int) (files []string) {
	if w.sendable(number) > 0 {
		return nil
	}
	for _, name := range w.deletedFrom[number] {
		files = append(append(files, name), w.alsoNamed[name]...)
	}
	return files
}

// NobodyWaits reports whether in the end there is no visitor, so that nothing may wait.
func (w *World) NobodyWaits() bool { return w.traits.allLogIn || w.traits.everybody }

// isHeld reports whether a row is a recent event that has not arrived.
func (w *World) isHeld(r *row) bool {
	return r.isEvent() && w.Arrived[r.number] == 0 && w.isRecent(r)
}

func (w *World) isRecent(r *row) bool { return w.today.Sub(r.at) < 72*time.Hour }

func (w *World) newest(number int) (newest *row) {
	for _, r := range w.all {
		if r.number == number {
			newest = r
		}
	}
	return newest
}

// WriteTruth writes each row that ever was into one file: the version that arrived, or the newest that
// there is.
func (w *World) WriteTruth(path string) error {
	var text strings.Builder
	for _, r := range w.all {
		version := w.Arrived[r.number]
		if version == 0 {
			version = w.sendable(r.number)
		}
		if version == 0 {
			version = w.newest(r.number).version
		}
		if r.version == version {
			text.WriteString(r.line())
		}
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}

func (w *World) chance(percent int) bool { return w.random.IntN(100) < percent }

func one[T any](w *World, of []T) T { return of[w.random.IntN(len(of))] }
