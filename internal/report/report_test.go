package report

import (
	"fmt"
	"testing"
	"time"
)

// written is what a function wrote, and what it should.
type written struct{ got, want string }

func check(t *testing.T, all []written) {
	t.Helper()
	for _, one := range all {
		if one.got != one.want {
			t.Errorf("got %q, want %q", one.got, one.want)
		}
	}
}

func TestCounts(t *testing.T) {
	check(t, []written{
		{Count(0), "0"}, {Count(999), "999"}, {Count(1000), "1,000"}, {Count(-1), "-1"}, {Count(-999), "-999"}, {Count(-123456), "-123,456"},
		{Count(1234567), "1,234,567"}, {Count(int64(-1) << 63), "-9,223,372,036,854,775,808"},
		{Plural(0, "row", "rows"), "0 rows"}, {Plural(1, "row", "rows"), "1 row"}, {Plural(2, "row", "rows"), "2 rows"},
		{Plural(int64(1_000_000), "row", "rows"), "1,000,000 rows"},
		{PluralWord(0, "is", "are"), "are"}, {PluralWord(1, "is", "are"), "is"}, {PluralWord(int64(2), "is", "are"), "are"},
		{Files(1), "1 file"}, {Files(int64(1200)), "1,200 files"},
		{Percent(0), "0.0%"}, {Percent(0.125), "12.5%"}, {Percent(0.99999), "100.0%"}, {Percent(1), "100.0%"},
	})
}

func TestSizes(t *testing.T) {
	check(t, []written{
		{Bytes(0), "0 bytes"}, {Bytes(1), "1 byte"}, {Bytes(999), "999 bytes"}, {Bytes(1000), "1.0 kB"}, {Bytes(34_560), "34.6 kB"},
		{Bytes(999_949), "999.9 kB"}, {Bytes(999_950), "1.0 MB"}, {Bytes(999_999), "1.0 MB"}, {Bytes(1_000_000), "1.0 MB"},
		{Bytes(999_949_999), "999.9 MB"}, {Bytes(999_950_000), "1.0 GB"}, {Bytes(3_400_000_000), "3.4 GB"}, {Bytes(1 << 62), "4611686018.4 GB"},
		{ShortBytes(0), "0 B"}, {ShortBytes(999), "999 B"}, {ShortBytes(1000), "1.0 kB"}, {ShortBytes(9_949), "9.9 kB"}, {ShortBytes(9_951), "10 kB"},
		{ShortBytes(999_499), "999 kB"}, {ShortBytes(999_500), "1.0 MB"}, {ShortBytes(3_400_000_000), "3.4 GB"}, {ShortBytes(1 << 62), "4.6 EB"},
	})
}

func TestDurations(t *testing.T) {
	const day = 24 * 60 * 60
	check(t, []written{
		{Elapsed(0), "0.0s"}, {Elapsed(59.94), "59.9s"}, {Elapsed(59.96), "60.0s"}, {Elapsed(60), "1m0s"}, {Elapsed(89.6), "1m30s"}, {Elapsed(3723), "1h2m3s"},
		{About(0), "less than a second"}, {About(999 * time.Millisecond), "less than a second"}, {About(1230 * time.Millisecond), "about 1.2s"},
		{About(9 * time.Second), "about 9s"}, {About(12340 * time.Millisecond), "about 12s"}, {About(90 * time.Second), "about 1m30s"},
		{Roughly(0), "less than a second"}, {Roughly(999 * time.Millisecond), "less than a second"}, {Roughly(time.Second), "1.0s"},
		{Roughly(2540 * time.Millisecond), "2.5s"}, {Roughly(9940 * time.Millisecond), "9.9s"}, {Roughly(9960 * time.Millisecond), "10s"},
		{Roughly(10400 * time.Millisecond), "10s"}, {Roughly(59 * time.Second), "59s"}, {Roughly(59600 * time.Millisecond), "1m"},
		{Roughly(89 * time.Second), "1m"}, {Roughly(time.Hour - time.Second), "1h00m"}, {Roughly(2*time.Hour + 10*time.Minute + 20*time.Second), "2h10m"},
		{Roughly(76 * time.Hour), "3d4h"},
		{Age(0), "0s"}, {Age(330), "5m30s"}, {Age(3600), "1 hour 0 minutes"}, {Age(2*3600 + 61), "2 hours 1 minute"}, {Age(day), "1 day"},
		{Age(day + 3600), "1 day 1 hour"}, {Age(3*day + 4*3600 + 59), "3 days 4 hours"}, {Age(2000 * day), "2,000 days"},
	})
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 3, 1, 23, 30, 5, 999, time.FixedZone("", -3600)) // of the next day in UTC
	check(t, []written{
		{Time(at), "2026-03-02 00:30:05 UTC"},
		{TimeAfter(at, at.Add(time.Hour)), "01:30:05 UTC"},
		{TimeAfter(at, at.Add(24*time.Hour)), "2026-03-03 00:30:05 UTC"},
		{TimeAfter(at.Add(-time.Hour), at), "2026-03-02 00:30:05 UTC"},
	})
}

func TestLists(t *testing.T) {
	letter := func(i int) string { return fmt.Sprintf("%c", 'a'+i%26) }
	check(t, []written{
		{Join(", "), ""}, {Join(", ", "", ""), ""}, {Join(", ", "a", "", "b"), "a, b"},
		{InWords(nil, "or"), ""}, {InWords([]string{"a"}, "or"), "a"}, {InWords([]string{"a", "b"}, "or"), "a or b"}, {InWords([]string{"a", "b", "c"}, "and"), "a, b and c"},
		{FirstOf(2, 0, "there", letter), ""}, {FirstOf(2, 2, "there", letter), "a, b"}, {FirstOf(2, 1002, "there", letter), "a, b and 1,000 more (there)"},
	})
}
