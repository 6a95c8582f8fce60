package report

import (
	"fmt"
	"strings"
	"time"
)

// Time writes a time to the second, in UTC: 2026-03-01 08:00:00 UTC.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// Day writes a day, in UTC: 1 Mar 2026.
func Day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// Minute writes a time to the minute, in UTC: 1 Mar 2026 08:00 UTC.
func Minute(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04 MST") }

// TimeAfter writes a time that follows an earlier one in the text. It omits the date if it is the same.
func TimeAfter(before, t time.Time) string {
	if before, t := before.UTC(), t.UTC(); before.Format(time.DateOnly) == t.Format(time.DateOnly) {
		return t.Format("15:04:05 MST")
	}
	return Time(t)
}

// Age writes a number of seconds in the largest two units: 3 days 4 hours, 2 hours 10 minutes, 5m30s.
func Age(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	days, hours := int64(d/(24*time.Hour)), int64(d%(24*time.Hour)/time.Hour)
	switch {
	case days > 0:
		return strings.TrimSuffix(Plural(days, "day", "days")+" "+Plural(hours, "hour", "hours"), " 0 hours")
	case hours > 0:
		return Plural(hours, "hour", "hours") + " " + Plural(int64(d%time.Hour/time.Minute), "minute", "minutes")
	}
	return d.String()
}

// LessThanASecond is how About and Roughly write a duration below one second.
const LessThanASecond = "less than a second"

// About writes a duration with the precision of a forecast: less than a second, about 2.5s, about 3m20s.
func About(d time.Duration) string {
	switch {
	case d < time.Second:
		return LessThanASecond
	case d < 10*time.Second:
		return "about " + d.Round(100*time.Millisecond).String()
	}
	return "about " + d.Round(time.Second).String()
}

// Elapsed writes a duration in seconds: 0.0s, 59.9s, 1m30s.
func Elapsed(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// Roughly writes a duration with the precision of an estimate: 2.5s, 40s, 3m, 2h10m, 3d4h.
func Roughly(d time.Duration) string {
	switch {
	case d < time.Second:
		return LessThanASecond
	case d < 10*time.Second-50*time.Millisecond:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute-500*time.Millisecond:
		return fmt.Sprintf("%.0fs", d.Seconds())
	case d < time.Hour-30*time.Second:
		return fmt.Sprintf("%dm", int(d.Round(time.Minute).Minutes()))
	case d < 24*time.Hour-30*time.Second:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	default:
		d = d.Round(time.Hour)
		return fmt.Sprintf("%dd%dh", int(d.Hours())/24, int(d.Hours())%24)
	}
}
