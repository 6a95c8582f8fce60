package webreport

import (
	"testing"
	"time"

	"ph2cio/internal/transfer"
)

// daysFrom are n days with a row each, in steps of so many days.
func daysFrom(first string, n, step int) (all []transfer.DayRows) {
	at, _ := time.Parse(time.DateOnly, first)
	for i := range n {
		all = append(all, transfer.DayRows{Day: at.AddDate(0, 0, i*step).Format(time.DateOnly), RowFates: transfer.RowFates{Send: 1}})
	}
	return all
}

func TestDaysBecomeFewBars(t *testing.T) {
	for _, c := range []struct {
		days        []transfer.DayRows
		unit        string
		bars        int
		first, last string
	}{
		{daysFrom("2026-03-04", 1, 1), "day", 1, "4 Mar 2026", "4 Mar 2026"},
		{daysFrom("2026-03-04", 150, 1), "day", 150, "4 Mar 2026", "31 Jul 2026"},
		{daysFrom("2026-03-04", 151, 1), "week", 22, "2 – 8 Mar 2026", "27 Jul – 2 Aug 2026"},
		{daysFrom("2026-03-02", 2, 7), "day", 8, "2 Mar 2026", "9 Mar 2026"},
		{daysFrom("2023-06-15", 1100, 1), "month", 37, "Jun 2023", "Jun 2026"},
		{daysFrom("2006-01-01", 20*365, 1), "quarter", 80, "1 Jan – 31 Mar 2006", "1 Oct – 31 Dec 2025"},
		{daysFrom("1900-05-01", 120, 365), "year", 120, "1900", "2019"},
		{daysFrom("0001-01-01", 9000, 400), "100 years", 99, "1 Jan 0000 – 31 Dec 0099", "1 Jan 9800 – 31 Dec 9899"},
	} {
		b := binDays(c.days)
		total := transfer.RowFates{}
		for i := range b.bins {
			addFates(&total, &b.bins[i].RowFates)
			if i > 0 && !b.bins[i].from.Equal(b.bins[i-1].to) {
				t.Errorf("%s: a gap before bar %d", c.unit, i)
			}
		}
		if len(b.bins) == 0 || total.Send != int64(len(c.days)) {
			t.Fatalf("%s: %d bars with %d rows, want %d rows", c.unit, len(b.bins), total.Send, len(c.days))
		}
		first, last := b.bins[0].label(), b.bins[len(b.bins)-1].label()
		if b.unit != c.unit || len(b.bins) != c.bars || first != c.first || last != c.last {
			t.Errorf("%d bars of a %s from %s to %s, want %d of a %s from %s to %s", len(b.bins), b.unit, first, last, c.bars, c.unit, c.first, c.last)
		}
	}
}

// TestFarDaysDoNotFlattenTheChart has a clock that is wrong by decades, and rows without a time.
func TestFarDaysDoNotFlattenTheChart(t *testing.T) {
	days := append([]transfer.DayRows{{Day: "", RowFates: transfer.RowFates{Rejected: 5}}, {Day: "1970-01-01", RowFates: transfer.RowFates{Send: 3}}}, daysFrom("2026-03-04", 90, 1)...)
	for i := range days[2:] {
		days[i+2].Send = 100
	}
	days = append(days, transfer.DayRows{Day: "2099-12-31", RowFates: transfer.RowFates{LeftOut: 2}})
	b := binDays(days)
	if b.unit != "day" || len(b.bins) != 90 || b.before.Send != 3 || b.after.LeftOut != 2 || b.undated.Rejected != 5 {
		t.Errorf("%d bars of a %s, before %+v, after %+v, undated %+v", len(b.bins), b.unit, b.before, b.after, b.undated)
	}
	d := &Document{Kind: Plan, Summary: &transfer.Summary{Details: &transfer.Details{Days: days}}}
	var shows int64
	for _, line := range dayTable(b, d.fates()).Rows {
		if len(line.Cells) > 1 {
			shows++
		}
	}
	if shows != 93 {
		t.Errorf("the table has %d lines", shows)
	}
}

func TestNoDaysHaveNoChart(t *testing.T) {
	for _, days := range [][]transfer.DayRows{nil, {{Day: "2026-03-04"}}, {{Day: "", RowFates: transfer.RowFates{Rejected: 1}}}} {
		b := binDays(days)
		if c := newDayChart(b.bins, b.unit, (&Document{}).fates()); c != nil {
			t.Errorf("%v has a chart: %+v", days, c)
		}
	}
}

func TestScalesEndAtRoundNumbers(t *testing.T) {
	for n, want := range map[int64]int64{1: 2, 2: 2, 3: 4, 5: 6, 7: 8, 9: 10, 11: 20, 1_999: 2_000, 2_001: 3_000, 81_000: 100_000, 1 << 60: 2e18} {
		if got := roundUp(n); got != want {
			t.Errorf("roundUp(%d) = %d, want %d", n, got, want)
		}
	}
}
