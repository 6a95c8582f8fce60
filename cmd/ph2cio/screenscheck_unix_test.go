//go:build unix

package main

import "ph2cio/internal/sandbox"

// checkScreens are those of somebody who tries things without an account, and then checks what was set up.
func checkScreens(s *screens) {
	s.shows("check-nothing", "ph2cio check export/")
	w := s.open()
	w.start("ph2cio sandbox --listen 127.0.0.1:0")
	w.until("http://")
	w.untilQuiet()
	s.compare(w, "sandbox")
	w.press("C-c")
	w.untilPrompt()
	s.startBox(sandbox.Faults{})
	s.shows("check", "ph2cio check export/")
	s.shows("backfill-sandbox", "ph2cio backfill --sandbox --yes acornly_events.jsonl.gz")
}
