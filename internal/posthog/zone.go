package posthog

import "time"

// onClock returns the unix time for a local time of a zone; local is the unix time at which a clock in UTC
// shows the same. When clocks are put back an hour occurs twice, and the first is meant. When they are put
// forward some times do not exist; those are read as if clocks had not been put forward yet, as time.Date
// does.
func onClock(zone *time.Location, local int64) int64 {
	const day = 86400 // zones change their clocks less often than daily
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

// offset returns how many seconds a zone is ahead of UTC.
func offset(zone *time.Location, unix int64) int64 {
	_, seconds := time.Unix(unix, 0).In(zone).Zone()
	return int64(seconds)
}
