package parquet

import "time"

const (
	secondsOfDay = 24 * 60 * 60
	nanosOfDay   = secondsOfDay * 1_000_000_000
)

// writeDate writes a number of days since 1970.
func writeDate(dst, raw []byte) ([]byte, bool) {
	return appendDate(dst, int64(int32(load32(raw)))), false
}

// writeInt96 writes the nanoseconds of a day, in eight bytes, and the day's Julian number, in four.
func writeInt96(dst, raw []byte) ([]byte, bool) {
	const julian1970 = 2440588
	seconds, nanos := floorDivide(int64(load64(raw)), 1_000_000_000)
	day := int64(int32(load32(raw[8:]))) - julian1970
	return appendTime(dst, day*secondsOfDay+seconds, nanos, 1, true), false
}

// timestampWriter returns what writes a number of units since 1970, which are of so many nanoseconds. Unless
// the number is one of UTC, nothing is known about the time zone.
func timestampWriter(unit int64, utc bool) func(dst, raw []byte) ([]byte, bool) {
	perSecond := 1_000_000_000 / unit
	return func(dst, raw []byte) ([]byte, bool) {
		seconds, units := floorDivide(int64(load64(raw)), perSecond)
		return appendTime(dst, seconds, units, unit, utc), false
	}
}

// writeTimeMillis writes a time of the day.
func writeTimeMillis(dst, raw []byte) ([]byte, bool) {
	return appendTimeOfDay(dst, int64(int32(load32(raw))), 1_000_000)
}

// timeWriter returns what writes a time of the day in units of so many nanoseconds.
func timeWriter(unit int64) func(dst, raw []byte) ([]byte, bool) {
	return func(dst, raw []byte) ([]byte, bool) { return appendTimeOfDay(dst, int64(load64(raw)), unit) }
}

// appendTimeOfDay appends a time as 10:02:11.004512. One that no day has is null; some programs write
// 24:00:00.
func appendTimeOfDay(dst []byte, units, unit int64) ([]byte, bool) {
	if units < 0 || units > nanosOfDay/unit {
		return dst, true
	}
	seconds, units := floorDivide(units, 1_000_000_000/unit)
	return appendFraction(appendClock(dst, seconds), units, unit), false
}

// appendTime appends a time as 2026-03-04T10:02:11.004512Z, or without the Z. The fraction of the second is in
// units of so many nanoseconds, and has as many digits as all of them need.
func appendTime(dst []byte, seconds, units, unit int64, utc bool) []byte {
	days, second := floorDivide(seconds, secondsOfDay)
	dst = append(appendDate(dst, days), 'T')
	dst = appendFraction(appendClock(dst, second), units, unit)
	if utc {
		dst = append(dst, 'Z')
	}
	return dst
}

// The years 0 to 9999, in days since 1970.
const firstDay, lastDay = -719528, 2932896

// appendDate appends a day as 2026-03-04.
func appendDate(dst []byte, days int64) []byte {
	if days < firstDay || days > lastDay {
		return time.Unix(days*secondsOfDay, 0).UTC().AppendFormat(dst, time.DateOnly)
	}
	// Years begin in March here, so that the leap day is their last. The first day of 400 years is that of
	// March of year 0, and of 400 years before it, so that no number is negative.
	d := uint32(days - firstDay + 146_097 - 60)
	era := d / 146_097
	d %= 146_097
	yearOfEra := (d - d/1_460 + d/36_524 - d/146_096) / 365
	dayOfYear := d - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	month := (5*dayOfYear + 2) / 153
	day := dayOfYear - (153*month+2)/5 + 1
	year := yearOfEra + era*400 - 400
	if month += 3; month > 12 {
		month -= 12
		year++
	}
	dst = appendTwo(appendTwo(dst, year/100), year%100)
	dst = appendTwo(append(dst, '-'), month)
	return appendTwo(append(dst, '-'), day)
}

// appendClock appends a second of a day as 10:02:11.
func appendClock(dst []byte, second int64) []byte {
	s := uint32(second)
	dst = appendTwo(dst, s/3600)
	dst = appendTwo(append(dst, ':'), s/60%60)
	return appendTwo(append(dst, ':'), s%60)
}

// appendFraction appends the fraction of a second in units of so many nanoseconds.
func appendFraction(dst []byte, units, unit int64) []byte {
	n := uint32(units * unit)
	dst = appendThree(append(dst, '.'), n/1_000_000)
	if unit < 1_000_000 {
		dst = appendThree(dst, n/1_000%1_000)
	}
	if unit < 1_000 {
		dst = appendThree(dst, n%1_000)
	}
	return dst
}

func appendTwo(dst []byte, n uint32) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

func appendThree(dst []byte, n uint32) []byte { return appendTwo(append(dst, byte('0'+n/100)), n%100) }

// floorDivide divides such that the rest is never negative. by must be positive.
func floorDivide(n, by int64) (quotient, rest int64) {
	quotient, rest = n/by, n%by
	if rest < 0 {
		quotient, rest = quotient-1, rest+by
	}
	return quotient, rest
}
