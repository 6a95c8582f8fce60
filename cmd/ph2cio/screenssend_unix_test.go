//go:build unix

package main

import (
	"ph2cio/internal/sandbox"
)

// sendScreens are those of somebody who sends, stops, and resumes.
func sendScreens(s *screens) {
	const backfill = "ph2cio backfill export/"
	box := s.startBox(sandbox.Faults{})
	s.shows("status-nothing", "ph2cio status")
	w := s.open()
	w.start(backfill)
	w.until("[y/N] ")
	s.compare(w, "question")
	box.hold(4) // two of people, two of events
	w.press("y", "Enter")
	box.untilHeld(w, 4)
	s.setClock("2026-06-02T09:30:06Z")
	box.holdAfter(8)
	box.untilHeld(w, 14)
	w.until("ETA")
	w.untilQuiet()
	s.compare(w, "bar")
	w.press("C-c")
	w.until("topping: ")
	w.untilQuiet()
	s.compare(w, "stopping")
	box.open(false)
	w.untilPrompt()
	s.compare(w, "paused")
	s.setClock("2026-06-02T09:41:00Z")
	s.shows("status-stopped", "ph2cio status")
	w = s.open()
	w.start(backfill)
	w.until("[y/N] ")
	s.compare(w, "question-resuming")
	w.press("y", "Enter")
	w.untilPrompt()
	s.compare(w, "summary")
	s.setClock("2026-06-03T07:00:00Z")
	s.shows("status-done", "ph2cio status")
	s.shows("backfill-again", backfill)
}
