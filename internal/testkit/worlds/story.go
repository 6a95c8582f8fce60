package worlds

import (
	"fmt"
	"strings"
)

// story is what happened in a world.
type story struct {
	lines  []string
	counts map[string]int // how often things happened, by what they are called
}

func (s *story) note(format string, values ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, values...))
}

func (s *story) count(what string) { s.counts[what]++ }

// Story returns what happened, line by line.
func (w *World) Story() string { return strings.Join(w.story.lines, "\n") }

// Note adds a line to what happened.
func (w *World) Note(format string, values ...any) { w.story.note(format, values...) }

// Count counts one more of the things that happened.
func (w *World) Count(what string) { w.story.count(what) }

// Counts returns how often things happened, by what they are called.
func (w *World) Counts() map[string]int { return w.story.counts }
