package terminal

import (
	"fmt"

	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// LiveText says what shows that a live destination has been running.
func LiveText(live *transfer.LiveProfiles) string {
	names := FirstFew(live.Count, len(live.IDs), func(i int) string { return mapping.ShortID(live.IDs[i]) })
	return fmt.Sprintf("--existing has %s in this export (%s), so PostHog's own destination has sent their events already "+
		"and they would arrive twice", report.Plural(live.Count, "anonymous profile of a visitor", "anonymous profiles of visitors"), names)
}

// LiveHint says what to do if a live destination has been running.
const LiveHint = "use --live-since TIME to say when it was switched on: events that PostHog received since then are left out; if it never sent events, use --live-since never; what it was backfilled with is left out by --live-backfilled FROM..TO"

// MaxMergesFlag is the name of the flag that limits merges. All other limits are of new profiles.
const MaxMergesFlag = "max-merges"

// LimitText says which limit a run would exceed, and by what.
func LimitText(l transfer.Limit) string {
	what := "new"
	if l.Flag == MaxMergesFlag {
		what = "merged"
	}
	return fmt.Sprintf("%s would be %s, but --%s allows %s", report.Plural(l.WouldBe, "profile", "profiles"), what, l.Flag, report.Count(l.Allowed))
}

// UnknownOnlyText says which names of --only nobody in the export has.
func UnknownOnlyText(names []string) string {
	return "nobody in the export has these IDs of --only: " + FirstFew(len(names), len(names), func(i int) string { return mapping.ShortID(names[i]) })
}
