package webreport

import (
	"time"

	"ph2cio/internal/transfer"
)

// binning is what the rows of all days are put into.
type binning struct {
	unit    string
	bins    []bin
	undated transfer.RowFates // rows without a usable time
	// before and after are rows so far from all others that bars for the time between would leave no room.
	before, after transfer.RowFates
	first, last   time.Time // the days of bins, with rows
}

// units are the sizes of bars, from small to large.
var units = []struct {
	name  string
	start func(time.Time) time.Time // of the bar that has the day
	next  func(time.Time) time.Time
}{
	{"day", func(t time.Time) time.Time { return t }, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"week", monday, func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }},
	{"month", func(t time.Time) time.Time { return firstOf(t.Year(), t.Month()) }, func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"quarter", func(t time.Time) time.Time { return firstOf(t.Year(), (t.Month()-1)/3*3+1) }, func(t time.Time) time.Time { return t.AddDate(0, 3, 0) }},
	{"year", func(t time.Time) time.Time { return firstOf(t.Year(), 1) }, func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
	{"100 years", func(t time.Time) time.Time { return firstOf(t.Year()/100*100, 1) }, func(t time.Time) time.Time { return t.AddDate(100, 0, 0) }},
}

func monday(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }

func firstOf(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// binDays puts days into at most mostBars bars. Days must be in order.
func binDays(days []transfer.DayRows) *binning {
	b := &binning{}
	type dated struct {
		day  time.Time
		rows *transfer.RowFates
	}
	var all []dated
	total := int64(0)
	for i := range days {
		at, err := time.Parse(time.DateOnly, days[i].Day)
		if err != nil {
			addFates(&b.undated, &days[i].RowFates)
			continue
		}
		total += days[i].All()
		all = append(all, dated{at, &days[i].RowFates})
	}
	rows := func(i int) int64 { return all[i].rows.All() }
	from, to := mostRows(len(all), total, rows)
	if from == to || !isFar(all[0].day, all[from].day, all[to-1].day, all[len(all)-1].day) {
		from, to = 0, len(all)
	}
	for i := range all {
		switch {
		case i < from:
			addFates(&b.before, all[i].rows)
		case i >= to:
			addFates(&b.after, all[i].rows)
		}
	}
	if from == to {
		return b
	}
	b.first, b.last = all[from].day, all[to-1].day
	b.cut()
	at := 0
	for _, one := range all[from:to] {
		for !one.day.Before(b.bins[at].to) {
			at++
		}
		addFates(&b.bins[at].RowFates, one.rows)
	}
	return b
}

// cut makes bars of the smallest size of which there are few enough.
func (b *binning) cut() {
	for _, unit := range units {
		b.unit, b.bins = unit.name, b.bins[:0]
		start := unit.start(b.first)
		for ; !start.After(b.last) && len(b.bins) <= mostBars; start = unit.next(start) {
			b.bins = append(b.bins, bin{from: start, to: unit.next(start)})
		}
		if len(b.bins) <= mostBars {
			return
		}
	}
}

// mostRows returns the days without the first and the last few that have fewer than one row in 500 together.
func mostRows(n int, total int64, rows func(i int) int64) (from, to int) {
	from, to = 0, n
	for sum := int64(0); from < to; from++ {
		if sum += rows(from); sum*500 >= total {
			break
		}
	}
	for sum := int64(0); to > from; to-- {
		if sum += rows(to - 1); sum*500 >= total {
			break
		}
	}
	return from, to
}

// isFar reports whether all days span so much more than most rows do that the chart had better leave out the
// others.
func isFar(first, from, to, last time.Time) bool {
	const far, oneDay = 4, 24 * 60 * 60
	whole, most := (last.Unix()-first.Unix())/oneDay+1, (to.Unix()-from.Unix())/oneDay+1 // a Duration ends at 292 years
	return whole > mostBars && whole > far*most
}

func addFates(to, f *transfer.RowFates) {
	to.Send += f.Send
	to.Person += f.Person
	to.LeftOut += f.LeftOut
	to.Rejected += f.Rejected
	to.Before += f.Before
	to.NotReached += f.NotReached
}
