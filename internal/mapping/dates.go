package mapping

import (
	"bytes"
	"time"

	"ph2cio/internal/posthog"
)

// Customer.io compares dates as unix seconds (docs.customer.io/journeys/faq-timestamps). In PostHog they are whatever
// the customer's code has set.

// mostMillis is where numbers end that are milliseconds: those from 100,000,000,000,000 on are neither.
const mostMillis = 100_000_000_000_000_000 // microseconds

// unixSeconds reads a JSON value as a date: what posthog.ParseTime knows, as text or as a number, or a day alone.
func (c *cleaner) unixSeconds(value []byte) (int64, bool) {
	text := value
	if value[0] == '"' {
		var found flaws
		c.text, found = appendPlain(c.text[:0], value[1:len(value)-1])
		if text = bytes.TrimSpace(c.text); found != 0 {
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
