// Package report writes numbers, sizes, times and lists for people. Everything that people read of them is written here, so that one
// thing looks the same wherever it stands. Figures are those of English: 1,234.5.
package report

import (
	"fmt"
	"strconv"
)

// Count writes a number for a person: 1234567 is 1,234,567.
func Count(n int64) string {
	text := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(text) - 3; i > start; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Plural is n of something, in words.
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// PluralWord is the word for n of something.
func PluralWord(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func Files(n int) string { return Plural(int64(n), "file", "files") }

func Percent(share float64) string { return fmt.Sprintf("%.1f%%", share*100) }

func Bytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return Plural(n, "byte", "bytes")
}

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
