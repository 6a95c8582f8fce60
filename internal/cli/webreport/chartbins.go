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
	all := b.dated(days)
	from, to := mostRows(all)
	if from == to || !isFar(all[0].from, all[from].from, all[to-1].from, all[len(all)-1].from) {
		from, to = 0, len(all)
	}
	for i := range all[:from] {
		addFates(&b.before, &all[i].RowFates)
	}
	for i := to; i < len(all); i++ {
		addFates(&b.after, &all[i].RowFates)
	}
	if from == to {
		return b
	}
	b.first, b.last = all[from].from, all[to-1].from
	b.cut()
	at := 0
	for i := from; i < to; i++ {
		for !all[i].from.Before(b.bins[at].to) {
			at++
		}
		addFates(&b.bins[at].RowFates, &all[i].RowFates)
	}
	return b
}

// dated returns the days that have a date, and adds up the rows of the others.
func (b *binning) dated(days []transfer.DayRows) (all []bin) {
	for i := range days {
		at, err := time.Parse(time.DateOnly, days[i].Day)
		if err != nil {
			addFates(&b.undated, &days[i].RowFates)
			continue
		}
		all = append(all, bin{from: at, RowFates: days[i].RowFates})
	}
	return all
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

// mostRows returns which days there are without the first and the last few that have fewer than one row in 500
// together.
func mostRows(days []bin) (from, to int) {
	var total, sum int64
	for i := range days {
		total += days[i].All()
	}
	for to = len(days); from < to; from++ {
		if sum += days[from].All(); sum*500 >= total {
			break
		}
	}
	for sum = 0; to > from; to-- {
		if sum += days[to-1].All(); sum*500 >= total {
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
