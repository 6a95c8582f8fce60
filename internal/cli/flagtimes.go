package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseTime reads a date, an RFC 3339 time or an age before now. Text without a zone is UTC. Empty text is
// the zero time.
func parseTime(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{
		time.DateOnly, time.RFC3339, "2006-01-02T15:04Z07:00",
		"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if age, ok := parseAge(text); ok {
		return now.Add(-age), nil
	}
	return time.Time{}, fmt.Errorf("--%s must be a date (2026-03-01), a time (2026-03-01T08:00:00Z) or an age (72h, 30d), not %q", flag, text)
}

func parseAge(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n < 100_000
	}
	age, err := time.ParseDuration(text)
	return age, err == nil && age >= 0
}
