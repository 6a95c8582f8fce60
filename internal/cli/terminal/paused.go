package terminal

import (
	"fmt"
	"strings"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// Paused says in a few lines how far a run came that somebody has stopped, what is left, and how to resume it.
func Paused(s *transfer.Summary, style Style, width int) string {
	var b strings.Builder
	line := func(label, text string) {
		fmt.Fprintf(&b, "%-9s%s\n", label, text)
	}
	inDoubt, ended := deliver.Sum(s.Unanswered), "Paused"
	if s.Next == "" {
		ended = "Stopped" // what was sent to a sandbox in this process is gone
	}
	text := fmt.Sprintf("%s. %s sent, 0 lost, %s in doubt.", ended, reachedText(&s.Reached), report.Count(inDoubt))
	b.WriteString(style.Bold(Wrap(text, width, 0)) + "\n")
	line("Left:", leftToSend(s))
	if inDoubt > 0 {
		line("Doubt:", Wrap(OperationsText(s.Unanswered)+" sent, no answer; safe to send again", width, 9))
	}
	if n := deliver.Sum(s.Rows.Rejected) + deliver.Sum(s.People.Rejected) + deliver.Sum(s.MergesRejected); n > 0 {
		where := Plain(report.Join(", in ", report.Count(n), s.Rejects))
		if 9+ColumnsOf(where) > width && s.Rejects != "" { // on one line, to be copied
			where = report.Count(n) + ", in\n" + Plain(s.Rejects)
		}
		line("Rejects:", where)
	}
	if s.Next != "" {
		line("Resume:", Plain(s.Next))
	}
	return style.Text(b.String())
}

// reachedText says how many people and events were sent. Once events are, all people were, and it leaves them out.
func reachedText(r *transfer.Reached) string {
	of := " of "
	if r.About {
		of = " of about "
	}
	people := report.Count(r.People) + " of " + report.Plural(r.AllPeople, "person", "people")
	events := report.Count(r.Events) + of + report.Plural(r.AllEvents, "event", "events")
	switch {
	case r.AllPeople == 0 || r.Events > 0:
		return events
	case r.AllEvents == 0:
		return people
	}
	return people + " and " + events
}

// leftToSend says how many people and events are left, and what of them stood ready.
func leftToSend(s *transfer.Summary) string {
	people, events := s.Reached.Left()
	var parts []string
	if people > 0 {
		parts = append(parts, report.Plural(people, "person", "people"))
	}
	if events > 0 || people == 0 {
		about := ""
		if s.Reached.About {
			about = "about "
		}
		parts = append(parts, about+report.Plural(events, "event", "events"))
	}
	if people+events == 0 && s.Next != "" {
		return "nothing to send; resuming records that the run is done"
	}
	return report.InWords(parts, "and")
}
