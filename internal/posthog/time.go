package posthog

import (
	"math"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/rawjson"
)

// ParseTime parses the text of a time. It accepts
//
//   - ISO 8601 with `T` or a space, with or without seconds, none to nine digits of their fraction, and then,
//     with or without a space before it, `Z`, `UTC`, `GMT`, `+01:00`, `+0100`, `+01` or no zone, which is UTC.
//     PostHog's batch exports, its web interface and ClickHouse write this, and BigQuery
//     (`2026-03-04 10:02:11.004512 UTC`), Snowflake (`2026-03-04 10:02:11.004 -0800`, `Z` for UTC), Postgres
//     and Redshift (`2026-03-04 10:02:11.004512+00`), Presto (`... UTC`) and spreadsheets (no seconds);
//   - RFC 2822, which Snowflake writes if TIMESTAMP_OUTPUT_FORMAT selects it:
//     `Wed, 04 Mar 2026 10:02:11 +0000`;
//   - numbers: unix seconds, whole or with a fraction, and from 100,000,000,000 on (the year 5138 in seconds,
//     1973 in milliseconds) unix milliseconds. With an exponent, as BigQuery's API writes them
//     (`1.772615727004512E9`), they need ten digits: those with fewer have been rounded to minutes or days.
//
// Digits beyond microseconds are cut off.
func ParseTime(text []byte) Time { return parseTimeIn(nil, text) }

// parseTimeIn does the same, with times without a zone in zone; nil is UTC.
func parseTimeIn(zone *time.Location, text []byte) Time {
	if len(text) == 0 {
		return Time{}
	}
	var micros int64
	var ok bool
	switch {
	case len(text) > 7 && text[4] == '-' && text[7] == '-':
		micros, ok = parseISO(zone, text)
	case text[0] >= 'A':
		micros, ok = parseMail(zone, text)
	default:
		micros, ok = parseEpoch(text)
	}
	if ok {
		return Time{Micros: micros, State: Known}
	}
	return Time{State: Unreadable}
}

// createdAt returns the time of a `created_at`. ClickHouse writes the beginning of 1970 for a missing one.
func createdAt(t Time) Time {
	if t.State == Known && t.Micros == 0 {
		return Time{}
	}
	return t
}

const (
	isoMinutes = len("2006-01-02T15:04")
	isoSeconds = len("2006-01-02T15:04:05")
)

func parseISO(zone *time.Location, s []byte) (micros int64, ok bool) {
	if len(s) < isoMinutes {
		return 0, false
	}
	// Eight bytes at a time: 2006-01- and 02T15:04.
	date, clock := load8(s, 0), load8(s, 8)
	const dateMarks, clockMarks = 0xff<<32 | 0xff<<56, 0xff<<16 | 0xff<<40
	between := byte(clock >> 16)
	if date&dateMarks != '-'<<32|'-'<<56 || between != 'T' && between != ' ' || byte(clock>>40) != ':' {
		return 0, false
	}
	date, clock = (date^'0'*ones)&^dateMarks, (clock^'0'*ones)&^clockMarks
	bad := (date|clock|(date+(0x80-10)*ones)|(clock+(0x80-10)*ones))&highs != 0
	at := func(w uint64, i int) int { return int(w >> (8 * i) & 0xff) }
	year := at(date, 0)*1000 + at(date, 1)*100 + at(date, 2)*10 + at(date, 3)
	month, day := at(date, 5)*10+at(date, 6), at(clock, 0)*10+at(clock, 1)
	hour, minute, second := at(clock, 3)*10+at(clock, 4), at(clock, 6)*10+at(clock, 7), 0
	rest := s[isoMinutes:]
	var fraction int64
	if len(s) >= isoSeconds && s[isoMinutes] == ':' {
		second = two(s[isoMinutes+1:], &bad)
		if fraction, rest, ok = parseFraction(s[isoSeconds:]); !ok {
			return 0, false
		}
	}
	if bad || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	east, ok := parseZone(rest)
	if !ok {
		return 0, false
	}
	seconds := daysSince1970(year, month, day)*86400 + int64(hour*3600+minute*60+second-east)
	if zone != nil && len(rest) == 0 {
		seconds = onClock(zone, seconds)
	}
	return seconds*1_000_000 + fraction, true
}

// two parses two digits.
func two(s []byte, bad *bool) int {
	high, low := s[0]-'0', s[1]-'0'
	if high > 9 || low > 9 {
		*bad = true
	}
	return int(high)*10 + int(low)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts in years that begin in March, so that the leap day comes last.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year
	if era < 0 {
		era -= 399
	}
	era /= 400
	yearOfEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return int64(era)*146097 + int64(dayOfEra) - 719468
}

// parseFraction parses a point and one to nine digits, if there is a point, and returns microseconds.
func parseFraction(s []byte) (micros int64, rest []byte, ok bool) {
	if len(s) == 0 || s[0] != '.' {
		return 0, s, true
	}
	n := 1
	for scale := int64(100_000); n < len(s) && digit(s[n]); n++ {
		micros += int64(s[n]-'0') * scale
		scale /= 10
	}
	return micros, s[n:], n >= 2 && n <= 10
}

// parseZone parses a zone and returns its seconds east of Greenwich. One space may come before it.
func parseZone(s []byte) (east int, ok bool) {
	if string(s) == "+00:00" || string(s) == "Z" || len(s) == 0 {
		return 0, true
	}
	if s[0] == ' ' && len(s) > 1 {
		s = s[1:]
	}
	switch string(s) {
	case "Z", "z", "UTC", "utc", "GMT":
		return 0, true
	}
	if s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	bad := false
	var hour, minute int
	switch {
	case len(s) == len("+01"):
		hour = two(s[1:], &bad)
	case len(s) == len("+0100"):
		hour, minute = two(s[1:], &bad), two(s[3:], &bad)
	case len(s) == len("+01:00") && s[3] == ':':
		hour, minute = two(s[1:], &bad), two(s[4:], &bad)
	default:
		return 0, false
	}
	if east = hour*3600 + minute*60; s[0] == '-' {
		east = -east
	}
	return east, !bad && hour <= 23 && minute <= 59
}

// parseMail parses the form of RFC 2822, with or without a zone.
func parseMail(zone *time.Location, s []byte) (micros int64, ok bool) {
	fields := strings.Fields(string(s))
	if len(fields) != 5 && len(fields) != 6 {
		return 0, false
	}
	t, err := time.Parse("Mon, 2 Jan 2006 15:04:05", strings.Join(fields[:5], " "))
	if err != nil {
		return 0, false
	}
	if len(fields) == 5 {
		if zone != nil {
			return onClock(zone, t.Unix())*1_000_000 + int64(t.Nanosecond()/1000), true
		}
		return t.UnixMicro(), true
	}
	east, ok := parseZone([]byte(fields[5]))
	return t.UnixMicro() - int64(east)*1_000_000, ok
}

const (
	leastMillis = 100_000_000_000
	mostMillis  = 1_000_000_000_000_000 // the unit of larger numbers is unclear
)

// parseEpoch parses a number of seconds or milliseconds.
func parseEpoch(s []byte) (micros int64, ok bool) {
	digits := s
	if s[0] == '-' {
		digits = s[1:]
	}
	var whole, fraction int64
	n := 0
	for ; n < len(digits) && n < 17 && digit(digits[n]); n++ {
		whole = whole*10 + int64(digits[n]-'0')
	}
	if n == 0 || n == 17 {
		return 0, false
	}
	if rest := digits[n:]; len(rest) > 0 {
		if fraction, ok = parseDecimals(rest); !ok {
			return parseExponent(s)
		}
	}
	switch {
	case whole < leastMillis:
		micros = whole*1_000_000 + fraction
	case whole < mostMillis:
		micros = whole*1000 + fraction/1000
	default:
		return 0, false
	}
	if s[0] == '-' {
		micros = -micros
	}
	return micros, true
}

// parseDecimals parses a point and digits to the end, and returns millionths.
func parseDecimals(s []byte) (millionths int64, ok bool) {
	scale := int64(100_000)
	for i, c := range s {
		if i == 0 {
			if c != '.' {
				return 0, false
			}
			continue
		}
		if !digit(c) {
			return 0, false
		}
		millionths += int64(c-'0') * scale
		scale /= 10
	}
	return millionths, len(s) > 1
}

// enoughDigits is how many digits a number with an exponent needs to be exact to the second.
const enoughDigits = 10

// parseExponent parses numbers such as 1.772615727e9, which are rare.
func parseExponent(s []byte) (micros int64, ok bool) {
	digits := 0
	for _, c := range s {
		if c|0x20 == 'e' {
			break
		}
		if digit(c) && (digits > 0 || c != '0') {
			digits++
		}
	}
	if digits < enoughDigits || rawjson.ScanNumber(append(s[:len(s):len(s)], make([]byte, rawjson.Guard)...), 0) != len(s) {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(s), 64)
	switch size := math.Abs(f); {
	case err != nil || size >= mostMillis:
		return 0, false
	case size < leastMillis:
		return int64(math.Round(f * 1e6)), true
	default:
		return int64(math.Round(f * 1e3)), true
	}
}
