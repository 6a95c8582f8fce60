// Package report writes numbers, sizes, times and lists for people. All of them are formatted here, so that
// they look the same everywhere. Figures are English: 1,234.5.
package report

import (
	"fmt"
	"strconv"
)

// whole is a number of things.
type whole interface{ int | int64 }

// Count groups the digits of a number: 1234567 is 1,234,567.
func Count[N whole](n N) string {
	text := strconv.FormatInt(int64(n), 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(text) - 3; i > start; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Plural is a number of things: 1 row, 1,234 rows.
func Plural[N whole](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// PluralWord returns only the word after a number of things, or the verb.
func PluralWord[N whole](n N, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Files is a number of files: 1 file, 1,234 files.
func Files[N whole](n N) string { return Plural(n, "file", "files") }

// Percent writes a share between 0 and 1 with one decimal: 0.125 is 12.5%.
func Percent(share float64) string { return fmt.Sprintf("%.1f%%", share*100) }

// Bytes writes a size in powers of a thousand, as disks are sold, with one decimal: 999 bytes, 1.2 kB, 34.5
// GB. What would be rounded to 1000.0 of a unit is 1.0 of the next one.
func Bytes(n int64) string {
	switch {
	case n >= 1e9-5e4:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6-50:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return Plural(n, "byte", "bytes")
}

// ShortBytes writes a size in powers of a thousand with at most three digits, for a line that is short of
// room: 999 B, 1.2 kB, 34 GB.
func ShortBytes(n int64) string {
	const step = 1000
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	value, suffix := float64(n)/step, 0
	for value >= step-0.5 && suffix < len("kMGTPE")-1 {
		value /= step
		suffix++
	}
	if value < 9.95 {
		return fmt.Sprintf("%.1f %cB", value, "kMGTPE"[suffix])
	}
	return fmt.Sprintf("%.0f %cB", value, "kMGTPE"[suffix])
}
