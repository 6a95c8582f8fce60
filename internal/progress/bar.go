package progress

import (
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/schollz/progressbar/v3"
)

// bar shows progress as one line of a terminal, which it redraws, with lines about trouble below it if the
// terminal takes escape codes: `events  46% ███████░░░░░░░  21,450/46,962  1,980/s  ETA 0:13`.
type bar struct {
	*block
	ascii bool
}

func newBar(out io.Writer, screen Screen) *bar {
	return &bar{newBlock(out, screen), screen.ASCII}
}

const (
	barWidth    = 30 // columns of the bar itself, where there is room
	minBarWidth = 8

	// There is room for so many columns of speed and time left from the start, so that the bar keeps its length.
	speedWidth     = len("12,345/s")
	countdownWidth = len("ETA 12:05")
)

func (b *bar) start(p *phase) {
	if p.total.known() { // else it may be by the first drawing
		b.show(p, snapshot{})
	}
}

func (b *bar) show(p *phase, s snapshot) {
	width := b.room()
	switch {
	case len(s.trouble) == 0:
		b.put([]string{b.line(p, &s, width)})
	case !b.codes:
		b.put([]string{b.cut(head(p, &s)+"  "+s.trouble[0], width)})
	default:
		lines := []string{b.line(p, &s, width)}
		for _, line := range s.trouble {
			lines = append(lines, wrapped(line, width)...)
		}
		b.put(lines)
	}
}

// line lays a line out for a number of columns. Where room is short it does without the note, the speed, the bar and the
// amount, in this order.
func (b *bar) line(p *phase, s *snapshot, width int) string {
	before, amount, speed, countdown, note := head(p, s), p.fraction(s.done), p.speed(s), s.countdown(), s.note
	if p.unit == Seconds {
		_, note, _ = strings.Cut(p.name, " ")
	}
	if !p.total.known() {
		return b.cut(spaced(before, amount, speed, note), width)
	}
	if countdown != "" {
		countdown = "ETA " + countdown
	}
	unused, unusedSpeed := max(0, countdownWidth-columnsOf(countdown)), max(0, speedWidth-columnsOf(speed))
	if p.unit == Seconds {
		unusedSpeed = 0
	}
	for _, after := range []struct {
		text   string
		unused int // columns kept free
	}{
		{spaced(amount, speed, countdown, note), unused + unusedSpeed},
		{spaced(amount, speed, countdown), unused + unusedSpeed},
		{spaced(amount, countdown), unused},
	} {
		if room := width - columnsOf(spaced(before, after.text)) - 1 - after.unused; room >= minBarWidth {
			return spaced(before+" "+b.picture(p, s, min(barWidth, room)), after.text)
		}
	}
	for _, text := range []string{spaced(before, amount, countdown), spaced(before, speed, countdown), spaced(before, countdown)} {
		if columnsOf(text) <= width {
			return text
		}
	}
	return b.cut(before, width)
}

// head is the name and the percentage: `events  46%`. That a phase sends says its speed; what a wait is for stands at the
// end of the line.
func head(p *phase, s *snapshot) string {
	name := strings.TrimPrefix(p.name, "sending ")
	if p.unit == Seconds {
		name, _, _ = strings.Cut(name, " ")
	}
	if !p.total.known() {
		return name
	}
	return fmt.Sprintf("%s %3d%%", name, p.percent(s.done))
}

// picture draws the bar itself.
func (b *bar) picture(p *phase, s *snapshot, width int) string {
	theme := progressbar.Theme{Saucer: "█", SaucerPadding: "░"}
	if b.ascii {
		theme = progressbar.Theme{Saucer: "#", SaucerPadding: "."}
	}
	picture := progressbar.NewOptions64(p.total.n,
		progressbar.OptionSetWriter(io.Discard), // its own lines could become longer than the terminal
		progressbar.OptionSetWidth(width),
		progressbar.OptionSetTheme(theme),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
	)
	picture.Set64(min(max(0, s.done), p.total.n))
	picture.RenderBlank() // at 0 % nothing has drawn it yet
	_, text, _ := strings.Cut(strings.TrimSpace(picture.String()), "% ")
	return strings.TrimSpace(text)
}

func (b *bar) end(*phase, snapshot) { b.put(nil) }

// log leaves out what the bar shows.
func (b *bar) log(string) {}

func (b *bar) cut(text string, columns int) string {
	if b.ascii {
		return cut(text, columns, "...")
	}
	return cut(text, columns, "…")
}

// spaced joins texts by two spaces, without the empty ones.
func spaced(texts ...string) string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "  ")
}

func columnsOf(text string) int { return uniseg.StringWidth(text) }
