//go:build unix

package main

import "ph2cio/internal/sandbox"

// troubleScreens are those of somebody whose run meets an API that fails for a while, and then rejects something.
func troubleScreens(s *screens) {
	box := s.startBox(sandbox.Faults{
		Answers: []sandbox.Answer{{On: "batch", After: 5, Status: 503, RetryAfter: "3"}},
	})
	s.environment["PH2CIO_CONCURRENCY"] = "1" // one request waits, so that only one says so
	w := s.open()
	w.start("ph2cio backfill --yes export/")
	w.until("try 2 of")
	s.compare(w, "trouble-503")
	box.box.SetFaults(sandbox.Faults{Refuse: []sandbox.Refusal{{Match: "Order Completed", Field: "name", Reason: "invalid", Message: "is not allowed", Always: true}}})
	w.untilPrompt()
	s.compare(w, "summary-rejects")
	s.setClock("2026-06-02T10:30:00Z")
	s.shows("status-rejects", "ph2cio status")
	s.shows("status-list-rejects", "ph2cio status --rejects")
	box.box.SetFaults(sandbox.Faults{})
	w = s.open()
	w.start("ph2cio retry")
	w.until("[y/N] ")
	w.press("y", "Enter")
	w.untilPrompt()
	s.compare(w, "retry")
	s.shows("sync-nothing-new", "ph2cio sync export/")
}
