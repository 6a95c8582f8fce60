//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"

	"ph2cio/internal/sandbox"
)

// initScreens are those of somebody who sets the program up, and mistypes the key once.
func initScreens(s *screens) {
	s.shows("init-no-terminal", "ph2cio init </dev/null")
	box := s.startBox(sandbox.Faults{})
	if err := os.WriteFile(filepath.Join(s.dir, ".env"), []byte("CUSTOMERIO_TRACK_URL="+box.url+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	w := s.open()
	w.start("ph2cio init")
	w.until("Site ID: ")
	s.compare(w, "init-asks")
	for _, secret := range []string{canarySite, canaryKey + "x", canarySite, canaryKey} {
		w.untilQuiet()
		w.typeText(secret)
		w.press("Enter")
	}
	w.untilPrompt()
	s.compare(w, "init")
	if all := w.all(); strings.Contains(all, canarySite) || strings.Contains(all, canaryKey) {
		s.t.Error("the terminal shows the credentials")
	}
	w = s.open()
	w.start("ph2cio init")
	w.until("[y/N] ")
	s.compare(w, "init-again")
	w.press("Enter")
	w.untilPrompt()
}
