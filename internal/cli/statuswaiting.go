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

// waitingLines says how many rows wait for each reason, and why, in a line for each.
func waitingLines(byReason map[ledger.WaitReason]ledger.WaitingCount) (lines []string) {
	for reason := ledger.Anonymous; reason <= ledger.Recent; reason++ {
		if n, waits := byReason[reason]; waits {
			lines = append(lines, waitingText(reason, &n)+", in "+report.Files(n.Files))
		}
	}
	return lines
}

func waitingText(reason ledger.WaitReason, n *ledger.WaitingCount) string {
	rows := report.Plural(n.Rows, "row", "rows")
	switch reason {
	case ledger.Anonymous:
		return rows + " of " + report.Plural(n.Visitors, "visitor", "visitors") + " not identified yet"
	case ledger.NoEmail:
		return rows + " of " + report.Plural(n.Visitors, "ID", "IDs") + " without an email"
	case ledger.TwoProfiles:
		return rows + " of " + report.Plural(n.Visitors, "ID", "IDs") + " of people with two profiles"
	}
	return report.Plural(n.Rows, "event", "events") + " younger than 72 hours when read"
}
