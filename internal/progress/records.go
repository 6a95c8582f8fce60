package progress

import (
	"log/slog"
	"math"
	"time"
)

// records shows progress as records of a log that programs read: when a phase begins, at intervals, and when
// it ends.
type records struct{ to *slog.Logger }

func (r *records) start(p *phase) { r.record(p, "began") }

func (r *records) show(p *phase, s snapshot) {
	fields := p.done(s)
	if s.perSecond > 0 {
		fields = append(fields, "per_second", math.Round(s.perSecond*10)/10)
	}
	if s.leftKnown {
		fields = append(fields, "left_seconds", seconds(s.left))
	}
	r.record(p, "under way", fields...)
}

func (r *records) end(p *phase, s snapshot) {
	state := "done"
	if p.total.known() && s.done < p.total.n {
		state = "stopped"
	}
	r.record(p, state, p.done(s)...)
}

func (r *records) hide() {}

func (r *records) say(line string) { r.to.Info(line) }

func (r *records) log(line string) { r.say(line) }

func (r *records) record(p *phase, state string, more ...any) {
	fields := []any{"state", state, "unit", p.unit}
	if p.total.known() {
		fields = append(fields, "total", p.total.n)
	}
	if p.total.about {
		fields = append(fields, "estimate", true)
	}
	r.to.Info(p.name, append(fields, more...)...)
}

// done returns a snapshot's figures as fields of a record.
func (p *phase) done(s snapshot) []any {
	fields := []any{"done", s.done, "seconds", seconds(p.took())}
	if s.note != "" {
		fields = append(fields, "note", s.note)
	}
	return fields
}

// seconds has three decimals at most.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
