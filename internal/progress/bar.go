package progress

import (
	"io"
	"os"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"ph2cio/internal/report"
)

// bar shows progress as one line of a terminal, which it redraws. It uses carriage returns and spaces only:
// no colour, and no escape codes, which an old Windows console would show as text.
//
// The library draws into io.Discard, and this type writes the result itself. The library would write lines
// longer than the terminal when the text beside the bar grows, and would clear with as many spaces as its
// longest line had. Both scroll the terminal, the latter when a window has become narrower.
type bar struct {
	out   io.Writer
	width func() int

	picture *progressbar.ProgressBar
	columns int    // for which the picture was made
	drawn   string // the current line of the terminal
}

func newBar(out io.Writer, width func() int) *bar {
	if width == nil {
		width = func() int { return columns(out) }
	}
	return &bar{out: out, width: width}
}

func columns(out io.Writer) int {
	if file, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

const (
	barWidth    = 30 // columns of the bar itself, where there is room
	minBarWidth = 10
	barFrame    = len(" 100% ||  ") // the library's text around the bar and before the words
)

func (b *bar) start(p *phase) {
	b.picture = nil
	b.show(p, snapshot{})
}

func (b *bar) show(p *phase, s snapshot) {
	// The last column stays free: a terminal that wraps there would start a new line with each drawing.
	width := max(1, b.width()-1)
	words := report.Join(report.ListSeparator, p.name+" "+p.amount(s.done), s.estimate(), s.note)
	if p.total <= 0 || width < barFrame+minBarWidth {
		b.put(cut(words, width))
		return
	}
	words = cut(words, width-barFrame-minBarWidth)
	room := width - barFrame - uniseg.StringWidth(words)
	if b.picture == nil || b.columns != min(barWidth, room) {
		b.columns = min(barWidth, room)
		b.picture = newPicture(p.total, b.columns)
	}
	b.picture.Set64(min(max(0, s.done), p.total))
	b.picture.Describe(words) // draws in any case, a finished bar too
	b.put(cut(strings.TrimRight(strings.TrimPrefix(b.picture.String(), "\r"), " "), width))
}

func newPicture(total int64, width int) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(io.Discard),
		progressbar.OptionSetWidth(width),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
	)
}

func (b *bar) end(*phase, snapshot) { b.put("") }

// say erases the bar, writes the line in its place, and draws the bar below it.
func (b *bar) say(line string) {
	drawn := b.drawn
	b.put("")
	io.WriteString(b.out, line+"\n"+drawn)
	b.drawn = drawn
}

func (b *bar) hide() { b.put("") }

// put replaces the line of the terminal in one write, so that it does not flicker.
func (b *bar) put(line string) {
	if line == b.drawn {
		return
	}
	before := min(uniseg.StringWidth(b.drawn), b.width()-1)
	rest := max(0, before-uniseg.StringWidth(line))
	back := ""
	if line == "" {
		back = "\r"
	}
	io.WriteString(b.out, "\r"+line+strings.Repeat(" ", rest)+back)
	b.drawn = line
}

// cut shortens text to a number of columns, between whole characters as people see them.
func cut(text string, columns int) string {
	if uniseg.StringWidth(text) <= columns {
		return text
	}
	kept, used, state := 0, 0, -1
	for rest := text; rest != ""; {
		var cluster string
		var width int
		cluster, rest, width, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+width > columns-1 {
			break
		}
		kept += len(cluster)
		used += width
	}
	return text[:kept] + "…"
}
