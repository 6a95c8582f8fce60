package propertyfilter

import (
	"bytes"
	"time"

	"ph2cio/internal/posthog"
)

// momentOf returns the time that a text is, in unix microseconds; false if it is none. A date is its first
// moment, in UTC.
func momentOf(text []byte) (micros int64, ok bool) {
	text = bytes.TrimSpace(text)
	if at := posthog.ParseTime(text); at.State == posthog.Known {
		return at.Micros, true
	}
	if len(text) != len(time.DateOnly) {
		return 0, false
	}
	day, err := time.Parse(time.DateOnly, string(text))
	return day.UnixMicro(), err == nil
}
