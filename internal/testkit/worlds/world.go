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
	dice
	project  *project
	files    *directory
	story    *story
	arrived  map[int]int // versions of the events that have arrived, by the ID of the row
	late     map[int]bool
	delayed  []*row // that PostHog has, and no file yet
	night    int
	flags    []string // of the last night
	caughtUp bool     // the last night came to its end
	refused  bool     // since the last retry the API may have refused something
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
	Refuses string        // the API refuses operations that contain this; empty for none
	Retries bool          // rejected rows and merges are tried again after the sync
}

// New returns a world in a directory that is empty. The same seed makes the same world.
func New(seed uint64, dir string) *World {
	d := dice{rand.New(rand.NewPCG(seed, 1))}
	w := &World{dice: d, story: &story{counts: map[string]int{}}, arrived: map[int]int{}, late: map[int]bool{}, caughtUp: true}
	today := time.Now().Truncate(time.Second)
	w.files = newDirectory(d, filepath.Join(dir, "export"), today, w.story)
	w.project = &project{dice: d, story: w.story, traits: drawTraits(d), today: today, arrived: w.arrived, isRead: w.files.isRead}
	for range 2 + d.IntN(4) {
		w.project.addUser()
	}
	w.story.note("%+v", w.project.traits)
	return w
}

// Next lets a day pass.
func (w *World) Next() Night {
	w.night++
	w.story.note("night %d", w.night)
	w.story.count("nights")
	w.project.setDay(w.night)
	if !w.caughtUp && w.chance(40) {
		return w.resume()
	}
	w.files.mend()
	filtered := w.chance(8) && w.allRead()
	rows := w.project.live(filtered)
	if !filtered {
		rows = w.delay(rows)
	}
	w.arrive(rows, false)
	if len(w.files.files) == 0 {
		w.files.addEmpty() // sync refuses a directory that has no files
	}
	if !filtered {
		w.shuffle()
	}
	if w.project.traits.persons && w.chance(30) {
		w.exportPersons()
	}
	n := w.drawNight()
	if filtered {
		n.Ending = Complete
		n.Flags = append(n.Flags, "--events", "Nothing*")
	}
	if !filtered {
		w.refuse(&n)
	}
	w.flags = n.Flags
	w.Note("%+v", n)
	return n
}

// refuse lets the API refuse something on some nights. On a later one it is tried again.
func (w *World) refuse(n *Night) {
	switch {
	case w.chance(8):
		n.Refuses = one(w.dice, []string{`"Order Completed"`, `"page"`, `"merge"`, `"identify","identifiers":{"id":"user_2"}`, `"user_3"`})
		w.refused = true
		w.story.count("nights with refusals")
	case w.refused && n.Ending == Complete && !n.Damaged && w.chance(50):
		n.Retries = true
		w.refused = false
		w.story.count("nights with a retry")
	}
}

// resume returns a night in which new files come, and nothing else changes: the sync goes on with the
// one that was stopped.
func (w *World) resume() Night {
	w.arrive(w.project.live(false), true)
	n := Night{Flags: w.flags, Damaged: w.isDamaged()}
	w.Note("%+v", n)
	return n
}

func (w *World) isDamaged() bool {
	return slices.ContainsFunc(w.files.files, func(f *file) bool { return f.damaged })
}

// allRead reports whether all rows have been read, so that filters lose none. Rows of a file that was cut
// short count as new when it is whole again.
func (w *World) allRead() bool {
	for _, f := range w.files.files {
		if !f.read || f.mended {
			return false
		}
	}
	return true
}

func (w *World) drawNight() Night {
	n := Night{Flags: w.FinalFlags(), Damaged: w.isDamaged()}
	if w.caughtUp { // a run that is resumed goes by the clock of its beginning, and rejects rows of its future
		n.Ahead = one(w.dice, []time.Duration{0, 0, 0, 0, 0, time.Hour, 48 * time.Hour, -time.Hour, -30 * 24 * time.Hour})
	}
	switch d := w.IntN(100); {
	case d < 10:
		n.Flags = append(n.Flags, "--recent", "hold")
	case d < 18 && !w.project.traits.everybody:
		n.Flags = append(n.Flags, "--people", "with-email")
	}
	switch d := w.IntN(100); {
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
	w.files.mend()
	w.arrive(w.delayed, true)
	w.delayed = nil
	if w.project.traits.allLogIn {
		w.arrive(w.project.loginOfAll(), true)
	}
	if w.project.traits.persons {
		w.exportPersons()
	}
	return Night{Flags: w.FinalFlags(), Retries: w.refused}
}

// personsFile is the name of the persons export, beside the directory of events.
const personsFile = "persons.jsonl"

func (w *World) exportPersons() {
	if text := w.project.exportPersons(); text != "" {
		w.story.note("a persons export")
		w.story.count("persons exports")
		w.files.writeText(filepath.Join("..", personsFile), []byte(text))
	}
}

// delay keeps some rows back for a later night, and adds those that were kept back before: the file of
// a day comes late.
func (w *World) delay(rows []*row) (tonight []*row) {
	if w.chance(40) {
		tonight, w.delayed = w.delayed, nil
	}
	if !w.chance(20) {
		return append(tonight, rows...)
	}
	for _, r := range rows {
		if w.chance(50) {
			w.delayed = append(w.delayed, r)
		} else {
			tonight = append(tonight, r)
		}
	}
	return tonight
}

// FinalFlags are those of the backfill that the nights are compared with.
func (w *World) FinalFlags() []string {
	flags := []string{"--recent", "send"}
	if w.project.traits.everybody {
		flags = append(flags, "--people", "all")
	}
	if w.project.traits.unsetting {
		flags = append(flags, "--unset", "remove")
	}
	if w.project.exported {
		flags = append(flags, "--persons", filepath.Join(filepath.Dir(w.files.path), personsFile))
	}
	return flags
}

// Ran is told when the runs of a night are over, whether they came to the end of all files, and which
// events have arrived by then: the versions by the number of the row. It returns what is wrong with
// them. The night after one that was stopped may resume it, and then leaves out files that are new since, so
// that after it nothing counts as read.
func (w *World) Ran(arrived map[int]int, complete bool) (wrong []string) {
	mayResume := !w.caughtUp
	for number, version := range arrived {
		if w.arrived[number] == 0 {
			if newest := w.files.sendable(number); version < newest && !mayResume {
				wrong = append(wrong, fmt.Sprintf("event %d arrived as version %d, want %d", number, version, newest))
			}
			w.arrived[number] = version
		}
	}
	w.caughtUp = complete
	if !complete || mayResume {
		return wrong
	}
	for _, f := range w.files.files {
		if f.damaged {
			continue
		}
		f.setRead()
		for _, r := range f.rows {
			if was := w.arrived[r.id]; was > 0 && r.version > was {
				w.late[r.id] = true
			}
		}
	}
	return wrong
}

// CaughtUp reports whether the last night came to its end.
func (w *World) CaughtUp() bool { return w.caughtUp }

// CorrectedLate reports whether a newer version of an event came after the event had arrived.
func (w *World) CorrectedLate(number int) bool { return w.late[number] }

// LostNothing reports whether all events that a file ever had have arrived, or are in some file.
func (w *World) LostNothing(name string) bool {
	for number := range w.files.everIn[name] {
		if w.arrived[number] == 0 && w.project.newest(number).isEvent() && w.files.sendable(number) == 0 {
			return false
		}
	}
	return true
}

// GoneNames returns the names of all files that have been deleted.
func (w *World) GoneNames() (all []string) {
	for _, names := range w.files.deletedFrom {
		all = append(all, names...)
	}
	return all
}

// Gone returns the files that have held an event, by all their names, if none has it any more.
func (w *World) Gone(number int) (files []string) {
	if w.files.sendable(number) > 0 {
		return nil
	}
	for _, name := range w.files.deletedFrom[number] {
		files = append(append(files, name), w.files.alsoNamed[name]...)
	}
	return files
}

// NobodyWaits reports whether in the end there is no visitor, so that nothing may wait.
func (w *World) NobodyWaits() bool { return w.project.traits.allLogIn || w.project.traits.everybody }

// WriteTruth writes each row that ever was into one file: the version that arrived, or the newest that
// there is.
func (w *World) WriteTruth(path string) error {
	var text strings.Builder
	for _, r := range w.project.all {
		version := w.arrived[r.id]
		if version == 0 {
			version = w.files.sendable(r.id)
		}
		if version == 0 {
			version = w.project.newest(r.id).version
		}
		if r.version == version {
			text.WriteString(r.line())
		}
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}
