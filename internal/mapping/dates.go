package mapping

import (
	"time"

	"ph2cio/internal/posthog"
)

// Customer.io compares dates as unix seconds (docs.customer.io/journeys/faq-timestamps). In PostHog they have
// whatever form the customer's code has chosen.

// mostMillis is the end of the numbers that are taken for milliseconds: from 100,000,000,000,000 on a number
// is no date.
const mostMillis = 100_000_000_000_000_000 // microseconds

// unixSeconds parses a JSON value as a date: a text or a number in a form that posthog.ParseTime knows, or a
// day without a time.
func unixSeconds(value []byte, c *cleaner) (int64, bool) {
	text := value
	if value[0] == '"' {
		var ok bool
		if text, ok = c.plain(value); !ok {
			return 0, false
		}
	}
	if t, ok := parseDate(text); ok {
		return t.Seconds(), true
	}
	return 0, false
}

// parseDate parses the plain text of a date.
func parseDate(text []byte) (posthog.Time, bool) {
	if t := posthog.ParseTime(text); t.State == posthog.Known {
		return t, t.Micros > -mostMillis && t.Micros < mostMillis
	}
	if len(text) == len(time.DateOnly) {
		if t, err := time.Parse(time.DateOnly, string(text)); err == nil {
			return posthog.Time{Micros: t.UnixMicro(), State: posthog.Known}, true
		}
	}
	return posthog.Time{}, false
}

// dateMicros is parseDate for expressions.
func dateMicros(text []byte) (micros int64, ok bool) {
	t, ok := parseDate(text)
	return t.Micros, ok
}
