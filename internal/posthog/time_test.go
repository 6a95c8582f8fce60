package posthog

import (
	"math"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	known := func(text string) Time {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return Time{Micros: at.UnixMicro(), State: Known}
	}
	unreadable := Time{State: Unreadable}
	for text, want := range map[string]Time{
		"":                                 {},
		"2026-03-04T09:15:27.123000+00:00": known("2026-03-04T09:15:27.123Z"),
		"2026-03-04T09:15:41+00:00":        known("2026-03-04T09:15:41Z"),
		"2026-03-04T09:15:41Z":             known("2026-03-04T09:15:41Z"),
		"2026-03-04T09:15:41.004Z":         known("2026-03-04T09:15:41.004Z"),
		"2026-03-04 09:15:41.004512+00:00": known("2026-03-04T09:15:41.004512Z"),
		"2026-03-04 09:15:41.004512":       known("2026-03-04T09:15:41.004512Z"),
		"2026-03-04 09:15:41":              known("2026-03-04T09:15:41Z"),
		"2026-03-04T09:15:41.123456789Z":   known("2026-03-04T09:15:41.123456Z"),
		"2026-03-04T09:15:41+0530":         known("2026-03-04T09:15:41+05:30"),
		"2026-03-04T09:15:41-03":           known("2026-03-04T09:15:41-03:00"),
		"2026-03-04T09:15:41-03:30":        known("2026-03-04T09:15:41-03:30"),
		"1969-12-31T23:59:59.5Z":           {Micros: -500_000, State: Known},
		"0000-01-01T00:00:00Z":             known("0000-01-01T00:00:00Z"),
		"9999-12-31T23:59:59.999999Z":      known("9999-12-31T23:59:59.999999Z"),
		"2024-02-29T00:00:00Z":             known("2024-02-29T00:00:00Z"),
		"2000-02-29T00:00:00Z":             known("2000-02-29T00:00:00Z"),
		"2023-02-29T00:00:00Z":             unreadable,
		"1900-02-29T00:00:00Z":             unreadable,
		"2026-04-31T00:00:00Z":             unreadable,
		"2026-13-01T00:00:00Z":             unreadable,
		"2026-00-01T00:00:00Z":             unreadable,
		"2026-03-00T00:00:00Z":             unreadable,
		"2026-03-04T24:00:00Z":             unreadable,
		"2026-03-04T09:60:00Z":             unreadable,
		"2026-03-04T09:15:60Z":             unreadable,
		"2026-03-04T09:15":                 known("2026-03-04T09:15:00Z"),
		"2026-03-04 09:15 -0800":           known("2026-03-04T09:15:00-08:00"),
		"2026-03-04T09:1":                  unreadable,
		"2026-03-04T09:15:4":               unreadable,
		"2026-03-04T09:15:":                unreadable,
		"2026-03-04T09:15.5":               unreadable,
		"2026-03-04":                       unreadable,
		"2026-03-04T09:15:41.Z":            unreadable,
		"2026-03-04T09:15:41.1234567890Z":  unreadable,
		"2026-03-04T09:15:41+24:00":        unreadable,
		"2026-03-04T09:15:41+00:60":        unreadable,
		"2026-03-04T09:15:41+0:00":         unreadable,
		"2026-03-04T09:15:41z":             known("2026-03-04T09:15:41Z"),
		"2026-03-04 09:15:41 UTC":          known("2026-03-04T09:15:41Z"),
		"2026-03-04 09:15:41.004512 UTC":   known("2026-03-04T09:15:41.004512Z"),
		"2026-03-04 09:15:41 GMT":          known("2026-03-04T09:15:41Z"),
		"2026-03-04 09:15:41.004 Z":        known("2026-03-04T09:15:41.004Z"),
		"2026-03-04 09:15:41.004000000 Z":  known("2026-03-04T09:15:41.004Z"),
		"2026-03-04 09:15:41.004 -0800":    known("2026-03-04T09:15:41.004-08:00"),
		"2026-03-04 09:15:41 +0000":        known("2026-03-04T09:15:41Z"),
		"2026-03-04 09:15:41 +05:30":       known("2026-03-04T09:15:41+05:30"),
		"2026-03-04 09:15:41.004512+00":    known("2026-03-04T09:15:41.004512Z"),
		"2026-03-04 09:15:41+0530":         known("2026-03-04T09:15:41+05:30"),
		"2026-03-04 09:15:41  UTC":         unreadable,
		"2026-03-04 09:15:41 ":             unreadable,
		"2026-03-04 09:15:41 PST":          unreadable, // which may be Manila's
		"2026-03-04 09:15:41 UTC+1":        unreadable,
		"Wed, 04 Mar 2026 09:15:41 +0000":  known("2026-03-04T09:15:41Z"),
		"Wed, 4 Mar 2026 09:15:41 -0800":   known("2026-03-04T09:15:41-08:00"),
		"Wed, 04 Mar 2026 09:15:41.5 Z":    known("2026-03-04T09:15:41.5Z"),
		"Wed, 04 Mar 2026 09:15:41 GMT":    known("2026-03-04T09:15:41Z"),
		"Wed, 04 Mar 2026 09:15:41":        known("2026-03-04T09:15:41Z"),
		"Wed, 31 Apr 2026 09:15:41 GMT":    unreadable,
		"Wod, 04 Mar 2026 09:15:41 GMT":    unreadable,
		"Wed, 04 Mar 2026":                 unreadable,
		"2026-03-04x09:15:41":              unreadable,
		"1772615727":                       {Micros: 1772615727_000_000, State: Known},
		"1772615727.123":                   {Micros: 1772615727_123_000, State: Known},
		"1772615727.1234567":               {Micros: 1772615727_123_456, State: Known},
		"1.772615727e9":                    {Micros: 1772615727_000_000, State: Known},
		"1.772615727E9":                    {Micros: 1772615727_000_000, State: Known},
		"1.772615727E+12":                  {Micros: 1772615727_000_000, State: Known},
		"1.772615727004512E9":              {Micros: 1772615727_004_512, State: Known},
		"1.77261573E9":                     unreadable, // ten seconds
		"0001.77261573E9":                  unreadable,
		"1.77E+09":                         unreadable,
		"1772615727123":                    {Micros: 1772615727_123_000, State: Known},
		"1772615727123.4567":               {Micros: 1772615727_123_456, State: Known},
		"99999999999":                      {Micros: 99999999999_000_000, State: Known},
		"100000000000":                     {Micros: 100000000000_000, State: Known},
		"-1.5":                             {Micros: -1_500_000, State: Known},
		"0":                                {State: Known},
		"1772615727123456":                 unreadable,
		"1772615727123456789":              unreadable,
		"99999999999999999999999999":       unreadable,
		"1e300":                            unreadable,
		"1.":                               unreadable,
		"-":                                unreadable,
		"yesterday":                        unreadable,
		"true":                             unreadable,
	} {
		if got := ParseTime([]byte(text)); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestClickHouseWritesNoCreatedAtAsZero(t *testing.T) {
	for _, text := range []string{"1970-01-01 00:00:00.000000", "1970-01-01 00:00:00", "1970-01-01T00:00:00+00:00", ""} {
		if got := createdAt(ParseTime([]byte(text))); got != (Time{}) {
			t.Errorf("%q: got %v, want it missing", text, got)
		}
	}
	if got := ParseTime([]byte("1970-01-01 00:00:00")); got.State != Known {
		t.Errorf("a timestamp at zero: got %v, want it known", got)
	}
}

func TestSecondsRoundDown(t *testing.T) {
	for micros, want := range map[int64]int64{0: 0, 999_999: 0, 1_000_000: 1, -1: -1, -1_000_000: -1, -1_000_001: -2} {
		if got := (Time{Micros: micros, State: Known}).Seconds(); got != want {
			t.Errorf("%d microseconds: got %d s, want %d", micros, got, want)
		}
	}
}

func FuzzTime(f *testing.F) {
	for _, text := range []string{"2026-03-04T09:15:27.123000+00:00", "2026-03-04 09:15:41", "1772615727.5", "1e9", "1.772615727E9", "2026-03-04 09:15:41.004 -0800", "2026-03-04 09:15 UTC", "2026-03-04 09:15:41+00", "Wed, 04 Mar 2026 09:15:41 +0000", "2024-02-29T23:59:59.999999999-23:59", "1772615727123"} {
		f.Add(text)
	}
	var layouts []string
	for _, date := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		for _, zone := range []string{"", "Z07:00", "Z0700", "Z07"} {
			layouts = append(layouts, date+zone, date+" "+zone)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := ParseTime([]byte(text))
		if len(text) > 7 && text[4] == '-' && text[7] == '-' {
			want := Time{State: Unreadable}
			for _, layout := range layouts {
				at, err := time.Parse(layout, utcAsZ(text))
				if err == nil && !oddTime(utcAsZ(text)) {
					want = Time{Micros: at.Add(-time.Duration(at.Nanosecond() % 1000)).UnixMicro(), State: Known}
				}
			}
			if got != want {
				t.Fatalf("%q: got %v, want %v", text, got, want)
			}
			return
		}
		if mailed.MatchString(text) {
			at, err := mail.ParseDate(text)
			if want := (Time{Micros: at.UnixMicro(), State: Known}); err == nil && got != want || err != nil && got.State == Known {
				t.Fatalf("%q: got %v, want %v, %v", text, got, want, err)
			}
			return
		}
		if text != "" && text[0] >= 'A' {
			return
		}
		number, err := strconv.ParseFloat(text, 64)
		if got.State != Known {
			plain := err == nil && strings.Trim(text, "0123456789.-") == "" && !strings.HasPrefix(strings.TrimPrefix(text, "-"), ".") && !strings.HasSuffix(text, ".")
			if digits := strings.IndexByte(text+".", '.'); plain && digits < 15 {
				t.Fatalf("%q: unreadable", text)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: got %v for what is not a number", text, got)
		}
		seconds := number
		if math.Abs(number) >= leastMillis {
			seconds /= 1000
		}
		if math.Abs(float64(got.Micros)/1e6-seconds) > 2e-6*max(1, math.Abs(seconds)/1e9) {
			t.Fatalf("%q: got %v, want about %f s", text, got, seconds)
		}
	})
}

var mailed = regexp.MustCompile(`^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d ([+-][01]\d[0-5]\d|GMT)$`)

// utcAsZ writes the names of UTC as Z.
func utcAsZ(text string) string {
	for _, name := range []string{"UTC", "utc", "GMT", "z"} {
		if before, found := strings.CutSuffix(text, name); found {
			return before + "Z"
		}
	}
	return text
}

// oddTime reports what time.Parse accepts and ParseTime does not: an hour of one digit or behind spaces, a
// comma before the fraction, more than nine digits, and zones of 24 hours or 60 minutes.
func oddTime(text string) bool {
	if len(text) < isoMinutes || text[13] != ':' || text[11] == ' ' || text[len(text)-1] == ' ' {
		return true
	}
	rest := text[isoMinutes:]
	if strings.HasPrefix(rest, ":") && len(rest) > 2 {
		rest = rest[3:]
	}
	if strings.HasPrefix(rest, ",") {
		return true
	}
	if digits, ok := strings.CutPrefix(rest, "."); ok {
		n := len(digits) - len(strings.TrimLeft(digits, "0123456789"))
		if n > 9 {
			return true
		}
		rest = digits[n:]
	}
	rest = strings.TrimPrefix(rest, " ")
	return len(rest) >= 3 && rest[1:3] == "24" || strings.HasSuffix(rest, "60")
}
