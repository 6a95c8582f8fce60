package posthog

import "time"

// onClock returns the unix time at which the clock of a zone showed what a clock in UTC shows at local. Where a clock was
// put back, it showed an hour twice, and the first is meant. Where it was put forward, it never showed some: such a time
// is read as if it had not been put forward yet, as time.Date does.
func onClock(zone *time.Location, local int64) int64 {
	const day = 86400 // zones change their clocks less often
	before, after := local-offset(zone, local-day), local-offset(zone, local+day)
	first := min(before, after)
	if first+offset(zone, first) == local {
		return first
	}
	if second := max(before, after); second+offset(zone, second) == local {
		return second
	}
	return before
}

// offset is how far a zone's clock is ahead of UTC, in seconds.
func offset(zone *time.Location, unix int64) int64 {
	_, seconds := time.Unix(unix, 0).In(zone).Zone()
	return int64(seconds)
}
