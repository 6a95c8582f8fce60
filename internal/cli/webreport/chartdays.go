package webreport

import (
	"fmt"
	"strconv"
	"time"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// mostBars is how many bars a chart of days has at most. With more they are too thin to be told apart.
const mostBars = 150

// dayChart is a chart of rows by time: a bar for each day, week, month or more, with what becomes of its
// rows.
type dayChart struct {
	Title  string // for those who cannot see it
	Unit   string // day, week, month, quarter or year
	Height int
	Base   int // where the bars stand
	Grid   []gridLine
	Legend []legend
	Layers []layer
	Hover  []hover
	Ticks  []tick
}

// layer is all the boxes of one fate.
type layer struct {
	Class string
	Boxes []box
}

// box is a part of a bar. X and W are shares of the width, so that the chart fits any screen and its lines
// and letters keep their size.
type box struct {
	X, W string
	Y, H string
}

// hover says the numbers of a bar.
type hover struct {
	X, W string
	Text string
}

type gridLine struct {
	Y    string
	Text string
}

type tick struct {
	X    string
	Text string
	Rare bool // it is left out on a narrow screen
}

// bin is the rows of one bar.
type bin struct {
	from, to time.Time // its first day, and the day behind its last
	transfer.RowFates
}

const (
	chartTop    = 16
	chartHeight = 180
	chartBelow  = 24
)

// newDayChart returns a chart of bins, which follow each other without a gap. It is nil without rows.
func newDayChart(bins []bin, unit string, fates []fate) *dayChart {
	most := int64(0)
	for i := range bins {
		most = max(most, bins[i].All())
	}
	if most == 0 {
		return nil
	}
	c := &dayChart{Unit: unit, Height: chartTop + chartHeight + chartBelow, Base: chartTop + chartHeight}
	top := roundUp(most)
	span := daySpan(bins[0].from, bins[len(bins)-1].to.AddDate(0, 0, -1))
	c.Title = fmt.Sprintf("Rows by %s, %s. The highest bar has %s.", unit, span, report.Plural(most, "row", "rows"))
	for _, n := range []int64{top, top / 2} {
		if n > 0 {
			c.Grid = append(c.Grid, gridLine{pixels(n, top), report.Count(n)})
		}
	}
	c.bars(bins, top, fates)
	c.ticks(bins)
	return c
}

// pixels is where a number is on the chart.
func pixels(n, top int64) string {
	return fixed(chartTop + chartHeight*(1-float64(n)/float64(top)))
}

func (c *dayChart) bars(bins []bin, top int64, fates []fate) {
	width := 100 / float64(len(bins))
	gap := width * 0.2
	for _, f := range fates {
		c.Layers = append(c.Layers, layer{Class: f.class})
		c.Legend = append(c.Legend, legend{Class: f.class, Text: f.name})
	}
	for i := range bins {
		below, left := int64(0), float64(i)*width
		for j, f := range fates {
			n := f.of(&bins[i].RowFates)
			if n == 0 {
				continue
			}
			height := max(chartHeight*float64(n)/float64(top), 0.75) // so that a single row can be seen
			y := chartTop + chartHeight*(1-float64(below)/float64(top)) - height
			c.Layers[j].Boxes = append(c.Layers[j].Boxes, box{percent(left + gap/2), percent(width - gap), fixed(y), fixed(height)})
			below += n
		}
		if below > 0 {
			c.Hover = append(c.Hover, hover{percent(left), percent(width), bins[i].label() + ": " + fatesText(&bins[i].RowFates, fates)})
		}
	}
}

// label names the days of a bar.
func (b *bin) label() string {
	last := b.to.AddDate(0, 0, -1)
	switch {
	case b.from.Day() == 1 && b.from.AddDate(0, 1, 0).Equal(b.to):
		return b.from.Format("Jan 2006")
	case b.from.YearDay() == 1 && b.from.AddDate(1, 0, 0).Equal(b.to):
		return b.from.Format("2006")
	}
	return daySpan(b.from, last)
}

// tickSteps are how many bars may be between two dates below a chart, by the size of the bars.
var tickSteps = map[string][]int{
	"day": {1, 2, 7, 14, 28}, "week": {1, 2, 4, 8, 13, 26}, "month": {1, 2, 3, 6, 12, 24}, "quarter": {1, 2, 4, 8, 20, 40},
}

// ticks writes up to eight dates below the chart, of which a narrow screen shows every other one. Where it
// can be, they are at the beginnings of years and halves of years.
func (c *dayChart) ticks(bins []bin) {
	const most = 8
	n := len(bins)
	step, steps := 1, tickSteps[c.Unit]
	if steps == nil {
		steps = []int{1, 2, 5, 10, 20, 50}
	}
	for _, one := range steps {
		if step = one; n <= one*most {
			break
		}
	}
	first := 0
	for first < min(step, n-1) && !bins[first].begins(c.Unit, step) {
		first++
	}
	format := "2 Jan"
	switch days := bins[n-1].to.Sub(bins[0].from) / (24 * time.Hour); {
	case c.Unit == "year" || c.Unit == "100 years":
		format = "2006"
	case c.Unit != "day" && c.Unit != "week" || days > 366:
		format = "Jan 2006"
	}
	for i, number := first, 0; i < n; i, number = i+step, number+1 {
		at := (float64(i) + 0.5) * 100 / float64(n)
		if n > 1 && at > 97 {
			break
		}
		c.Ticks = append(c.Ticks, tick{X: percent(at), Text: bins[i].from.Format(format), Rare: number%2 == 1})
	}
}

// begins reports whether a bar is a good place for a date, if every so many have one.
func (b *bin) begins(unit string, step int) bool {
	switch unit {
	case "month":
		return int(b.from.Month()-1)%min(step, 12) == 0
	case "quarter":
		return int(b.from.Month()-1)/3%min(step, 4) == 0
	case "year":
		return b.from.Year()%step == 0
	}
	return true
}

// roundUp returns the next number that is 1, 2, 3, 4, 5, 6 or 8 times a power of ten, for a scale.
func roundUp(n int64) int64 {
	for scale := int64(1); ; scale *= 10 {
		for _, k := range []int64{1, 2, 3, 4, 5, 6, 8} {
			if k*scale >= n && (k*scale)%2 == 0 {
				return k * scale
			}
		}
		if scale > 1<<58 {
			return n
		}
	}
}

func fixed(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) }

func percent(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) + "%" }
