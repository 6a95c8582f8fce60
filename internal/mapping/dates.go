package mapping

import (
	"time"

	"ph2cio/internal/posthog"
)

// Customer.io compares dates as unix seconds (docs.customer.io/journeys/faq-timestamps). In PostHog they are whatever
// the customer's code has set.

// mostMillis is where numbers end that are milliseconds: those from 100,000,000,000,000 on are neither.
const mostMillis = 100_000_000_000_000_000 // microseconds

// unixSeconds reads a JSON value as a date: what posthog.ParseTime knows, as text or as a number, or a day alone.
func unixSeconds(value []byte, c *cleaner) (int64, bool) {
	text := value
	if value[0] == '"' {
		var ok bool
		if text, ok = c.plain(value); !ok {
			return 0, false
		}
	}
	if t := posthog.ParseTime(text); t.State == posthog.Known {
		if t.Micros <= -mostMillis || t.Micros >= mostMillis {
			return 0, false
		}
		return t.Seconds(), true
	}
	if len(text) == len(time.DateOnly) {
		if t, err := time.Parse(time.DateOnly, string(text)); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}
