package terminal

import (
	"fmt"
	"strings"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer/deliver"
)

// choiceNames are the choices of --people in words.
var choiceNames = []struct{ who, name string }{{"identified", "identified"}, {"with-email", "with email"}, {"all", "all"}}

// choices says how many profiles each choice of people makes, how many of them Customer.io has already, and
// how many more than the choice at hand it would bill. Without a list of who is there, the new ones are at most
// that many, which says nothing once they are sent.
func (t *summaryText) choices() {
	if t.s.Profiles == nil || t.asked != nil && t.hidesProfiles || t.sent && !t.s.ListsKnown {
		return
	}
	known := func(who string) string {
		if t.s.Known == nil {
			return "?"
		}
		return report.Count(t.s.Known[who])
	}
	added := func(who string) int { return t.s.Profiles[who] - t.s.Known[who] }
	heading := "new"
	if !t.s.ListsKnown {
		heading = "new, at most"
	}
	rows := [][]string{{"Profiles", heading, "known", ""}}
	for _, one := range choiceNames {
		name, note := one.name, ""
		if one.who == string(t.s.Choice) {
			name += " (yours)"
		} else if t.s.Choice != "" {
			note = moreBillable(added(one.who) - added(string(t.s.Choice)))
		}
		if one.who == "all" && t.s.Estimated {
			note = report.Join(", ", "about", note)
		}
		rows = append(rows, []string{name, report.Count(added(one.who)), known(one.who), note})
	}
	if t.records() {
		for _, row := range rows[1:] {
			fmt.Fprintln(t, t.choiceRecord(row))
		}
		return
	}
	t.writeChoices(rows)
	if !t.sent {
		t.choicesRest()
	}
}

// moreBillable says how many profiles more than the choice at hand are billed; empty for as many.
func moreBillable(n int) string {
	switch {
	case n == 0:
		return ""
	case n > 0:
		return "+" + report.Count(n) + " billable"
	}
	return report.Count(n) + " billable"
}

// choiceRecord says in a line of a log what a row says in its columns.
func (t *summaryText) choiceRecord(row []string) string {
	text := "profiles: " + row[0] + ": "
	if !t.s.ListsKnown {
		text += "up to "
	}
	text += row[1] + " new"
	if t.s.Known != nil {
		text += ", " + row[2] + " known"
	}
	return report.Join(", ", text, row[3])
}

// choicesRest says what the numbers of new and known profiles rest on.
func (t *summaryText) choicesRest() {
	var notes []string
	switch {
	case t.s.ListsKnown:
	case t.s.Known == nil:
		notes = append(notes, "Customer.io's people export makes these exact → --existing FILE")
	default:
		notes = append(notes, "known are those that earlier runs sent → --existing FILE")
	}
	if deliver.Sum(t.s.People.Rejected) > 0 && t.s.ListsKnown {
		notes = append(notes, "people who are rejected get no profile")
	}
	for _, note := range notes {
		fmt.Fprintf(t, "%*s%s\n", t.Margin, "", t.Style.Dim(Wrap(note, t.columnCount()-1, t.Margin)))
	}
}

// writeChoices sets the choices below each other.
func (t *summaryText) writeChoices(rows [][]string) {
	var wide [3]int
	for _, row := range rows {
		for i := range wide {
			wide[i] = max(wide[i], len(row[i]))
		}
	}
	for i, row := range rows {
		line := Padded(row[0], wide[0])
		if i == 0 {
			line = t.Style.Bold(row[0]) + strings.Repeat(" ", wide[0]-len(row[0]))
		}
		line += fmt.Sprintf("  %*s  %*s   %s", wide[1], row[1], wide[2], row[2], row[3])
		fmt.Fprintf(t, "%*s%s\n", t.Margin, "", strings.TrimRight(line, " "))
	}
}
