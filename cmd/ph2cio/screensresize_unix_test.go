//go:build unix

package main

import (
	"ph2cio/internal/sandbox"
)

// resizeScreens are those of somebody who makes the window narrower while a bar is drawn.
func resizeScreens(s *screens) {
	if s.size.columns != 80 {
		return
	}
	box := s.startBox(sandbox.Faults{})
	wide := *s
	wide.width = 100
	w := wide.open()
	box.hold(14)
	w.start("ph2cio backfill --yes export/")
	box.untilHeld(w, 14)
	w.resize(size{50, 24})
	w.untilQuiet()
	s.compareEnd(w, "resized", 3)
	w.press("C-c")
	w.until("topping")
	box.open(false)
	w.untilPrompt()
}
