//go:build unix

package main

import "strings"

// planScreens are those of somebody who wants to know what would be sent.
func planScreens(s *screens) {
	s.shows("preview", "ph2cio preview export/")
	s.shows("preview-small", "ph2cio preview acornly_events.jsonl.gz")
	s.shows("preview-all", "ph2cio preview --people all --limit 0 export/")
}

// terminalScreens are those of terminals that can do less.
func terminalScreens(s *screens) {
	const preview = "ph2cio preview --limit 0 export/"
	s.shows("terminal-ascii", "LC_ALL=C "+preview)
	s.shows("terminal-dumb", "TERM=dumb "+preview)
	w := s.open()
	w.run(preview)
	s.compareColours(w, "terminal-colours")
	w = s.open()
	w.run("NO_COLOR=1 " + preview)
	s.compareColours(w, "terminal-no-color")
	if strings.Contains(redraws.ReplaceAllString(w.output(), ""), "\x1b") {
		s.t.Error("there are escape codes other than those of the bar, though NO_COLOR is set")
	}
	if s.size.columns == 80 {
		s.narrow(60).shows("terminal-60", preview)
	}
}

// narrow is the story at another width.
func (s *screens) narrow(columns int) *screens {
	narrow := *s
	narrow.width = columns
	return &narrow
}
