package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/mapping"
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

// parseRanges reads ranges of times, FROM..TO. FROM may be empty, for all that is before TO. All mistakes are
// returned at once.
func parseRanges(flag string, texts []string, now time.Time) (ranges []mapping.Range, err error) {
	for _, text := range texts {
		from, to, ok := strings.Cut(text, "..")
		if from, to = strings.TrimSpace(from), strings.TrimSpace(to); !ok || to == "" {
			err = errors.Join(err, fmt.Errorf("--%s must be FROM..TO, such as 2026-03-01..2026-04-01, not %q", flag, text))
			continue
		}
		var one mapping.Range
		var err1, err2 error
		one.From, err1 = parseTime(flag, from, now)
		one.To, err2 = parseTime(flag, to, now)
		if err1 == nil && err2 == nil && !one.From.Before(one.To) {
			err1 = fmt.Errorf("--%s needs FROM before TO, not %q", flag, text)
		}
		ranges, err = append(ranges, one), errors.Join(err, err1, err2)
	}
	return ranges, err
}

func parseAge(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n < 100_000
	}
	age, err := time.ParseDuration(text)
	return age, err == nil && age >= 0
}
