package main

import (
	"fmt"
	"io"
	"strings"
)

// limit is a target: at least, at most, or none.
type limit struct {
	sign  string // "<=", ">=", or empty for none
	bound float64
}

func atMost(bound float64) limit {
	if bound == 0 {
		return limit{}
	}
	return limit{"<=", bound}
}

func atLeast(bound float64) limit { return limit{">=", bound} }

// met reports whether a figure keeps to the limit.
func (l limit) met(figure float64) bool {
	switch l.sign {
	case "<=":
		return figure <= l.bound
	case ">=":
		return figure >= l.bound
	default:
		return true
	}
}

// result is one line of the table.
type result struct {
	what     string
	measured string  // beside the figure
	figure   float64 // 0 shows none
	unit     string
	limit    limit
}

// table prints results as they come, and counts those that miss their target.
type table struct {
	out    io.Writer
	missed int
	met    int
}

func (t *table) title(text string) { fmt.Fprintf(t.out, "\n%s\n", text) }

func (t *table) note(text string) { fmt.Fprintf(t.out, "\n(%s)\n", text) }

func (t *table) add(r result) {
	figure, target, verdict := "", "", ""
	if r.figure != 0 {
		figure = number(r.figure, r.unit)
	}
	if r.limit.sign != "" {
		target = r.limit.sign + " " + number(r.limit.bound, r.unit)
		verdict = "OK"
		t.met++
		if !r.limit.met(r.figure) {
			verdict = "MISSED"
			t.met--
			t.missed++
		}
	}
	line := fmt.Sprintf("  %-46s %16s %10s  %-12s %s", r.what, r.measured, figure, target, verdict)
	fmt.Fprintln(t.out, strings.TrimRight(line, " "))
}

// number writes a figure with as many digits as it deserves.
func number(figure float64, unit string) string {
	switch unit {
	case "x":
		return fmt.Sprintf("%.2f", figure)
	case "":
		return fmt.Sprintf("%.0f", figure)
	case "%":
		return fmt.Sprintf("%.1f %%", figure)
	default:
		return fmt.Sprintf("%.1f %s", figure, unit)
	}
}

// seconds is a time as the table shows it.
func seconds(s float64) string { return fmt.Sprintf("%.2f s", s) }

func (t *table) close() {
	fmt.Fprintf(t.out, "\n%d targets met, %d missed\n", t.met, t.missed)
}
