package mapping

import (
	"bytes"
	"math"
	"strconv"
	"time"
)

// Customer.io compares dates as unix seconds (docs.customer.io/journeys/faq-timestamps). In PostHog they are whatever
// the customer's code has set.

// dateLayouts are the forms of a date that are read. Those without a zone are UTC.
var dateLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999 Z07:00",
	"2006-01-02 15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999 Z0700",
	"2006-01-02 15:04:05.999999999 UTC",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	time.DateOnly,
}

// unixSeconds reads a JSON value as a date: an ISO 8601 text, or a number of seconds or milliseconds, also as text.
func (c *cleaner) unixSeconds(value []byte) (int64, bool) {
	if value[0] != '"' {
		return secondsOfNumber(string(value))
	}
	var found flaws
	c.text, found = appendPlain(c.text[:0], value[1:len(value)-1])
	text := string(bytes.TrimSpace(c.text))
	if found != 0 || text == "" {
		return 0, false
	}
	if seconds, ok := secondsOfNumber(text); ok {
		return seconds, true
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

// Numbers from 100,000,000,000 on are milliseconds: as seconds they would lie beyond the year 5138, as milliseconds they
// start in 1973. Beyond maxMillis they are neither.
const (
	minMillis = 100_000_000_000
	maxMillis = minMillis * 1000
)

func secondsOfNumber(text string) (int64, bool) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(number) || math.Abs(number) >= maxMillis || !isDecimal(text) {
		return 0, false
	}
	if math.Abs(number) >= minMillis {
		number /= 1000
	}
	return int64(math.Floor(number)), true
}

// isDecimal keeps out what only ParseFloat calls a number: 0x10, 1_000, Inf.
func isDecimal(text string) bool {
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return false
		}
	}
	return true
}
