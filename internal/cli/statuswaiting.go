package cli

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
)

// waitingNow counts the rows that wait, of all runs.
type waitingNow struct {
	ledger.WaitingCount
	Reasons map[string]ledger.WaitingCount `json:"reasons"` // only those with rows
	People  int                            `json:"people"`  // who wait because they have two profiles, with rows or only with attributes

	byReason map[ledger.WaitReason]ledger.WaitingCount
}

func newWaitingNow(t *ledger.WaitingTotals) waitingNow {
	w := waitingNow{WaitingCount: t.WaitingCount, Reasons: map[string]ledger.WaitingCount{}, byReason: t.ByReason}
	for reason, n := range t.ByReason {
		w.Reasons[reason.String()] = n
	}
	return w
}

// waitingLines says who waits for each reason, and with how many rows, in a line for each.
func waitingLines(byReason map[ledger.WaitReason]ledger.WaitingCount) (lines []string) {
	for reason := ledger.Anonymous; reason <= ledger.Recent; reason++ {
		if n, waits := byReason[reason]; waits {
			lines = append(lines, waitingText(reason, &n))
		}
	}
	return lines
}

func waitingText(reason ledger.WaitReason, n *ledger.WaitingCount) string {
	who, in := report.Plural(n.Visitors, "ID", "IDs"), " in "+report.Files(n.Files)
	rows := " (" + report.Plural(n.Rows, "row", "rows") + in + ")"
	switch reason {
	case ledger.Anonymous:
		return report.Plural(n.Visitors, "visitor", "visitors") + " not identified yet" + rows
	case ledger.NoEmail:
		return who + " without an email" + rows
	case ledger.TwoProfiles:
		return who + " of people with two profiles" + rows
	}
	return report.Plural(n.Rows, "event", "events") + " younger than 72 hours when read," + in
}
