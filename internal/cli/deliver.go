package cli

import (
	"ph2cio/internal/exit"
	"ph2cio/internal/export"
)

// verdict is the exit code of a run that came to its end. kept is how many rejects the ledger has of it.
func verdict(s *export.Summary, l *export.Learned, kept int64) error {
	switch {
	case len(l.Trouble) > 0:
		return &finished{code: exit.Input}
	case kept > 0 || total(s.Rows.Rejected) > 0 || total(s.People.Rejected) > 0 || total(s.MergesRejected) > 0 || total(s.Refused) > 0:
		return &finished{code: exit.Rejects}
	}
	return nil
}

// sentTitle is the heading of what a run sent.
func sentTitle(s *export.Summary, to *destination) string {
	sent, until := "Sent", ""
	if total(s.Accepted) == 0 {
		sent = "Sent nothing"
	}
	if s.Interrupted {
		until = " before it stopped"
	}
	return sent + " to " + to.called() + until + "."
}
