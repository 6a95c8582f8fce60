package progress

import (
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// block is a few lines at the end of what a terminal shows, which are drawn anew in their place. The cursor rests at
// the end of the last one.
//
// Without escape codes there is one line. It is replaced with a carriage return and overwritten with spaces,
// which every console takes.
type block struct {
	out     io.Writer
	width   func() int
	codes   bool
	reflows bool
	colour  bool

	drawn   []string
	columns int // of the terminal when drawn was written
}

func newBlock(out io.Writer, screen Screen) *block {
	width := screen.Width
	if width == nil {
		width = func() int { return terminalWidth(out) }
	}
	return &block{out: out, width: width, codes: screen.Codes, reflows: screen.Reflows, colour: screen.Colour}
}

func terminalWidth(out io.Writer) int {
	if file, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

// room is how many columns a line may have. A terminal that wraps after the last column would start a new line with
// each drawing; two more are for the ^C that it shows when somebody types that.
func (b *block) room() int { return max(1, b.width()-3) }

// put replaces the lines in one write, so that they do not flicker. Without escape codes there may be one at most.
func (b *block) put(lines []string) {
	width := b.width()
	if slices.Equal(lines, b.drawn) && (width == b.columns || len(lines) == 0) {
		return
	}
	if b.codes {
		io.WriteString(b.out, b.back(width)+b.painted(lines))
	} else {
		io.WriteString(b.out, b.overwritten(lines, width))
	}
	b.drawn, b.columns = lines, width
}

// say erases the lines, writes another one in their place, and draws them below it.
func (b *block) say(line string) {
	drawn := b.drawn
	b.put(nil)
	io.WriteString(b.out, line+"\n")
	b.put(drawn)
}

func (b *block) hide() { b.put(nil) }

// back returns the codes that lead to the beginning of what is drawn and erase it. A terminal that has become narrower
// since may show a line in several rows.
func (b *block) back(width int) string {
	if len(b.drawn) == 0 {
		return ""
	}
	rows := 0
	for _, line := range b.drawn {
		rows++
		if b.reflows && width > 0 {
			rows += max(0, columnsOf(line)-1) / width
		}
	}
	if rows > 1 {
		return "\r\x1b[" + strconv.Itoa(rows-1) + "A\x1b[J"
	}
	return "\r\x1b[J"
}

func (b *block) painted(lines []string) string {
	if b.colour {
		lines = slices.Clone(lines)
		for i, line := range lines {
			if rest, ok := strings.CutPrefix(line, "! "); ok {
				lines[i] = "\x1b[1;31m!\x1b[0m " + rest
			}
		}
	}
	return strings.Join(lines, "\n")
}

// overwritten returns what replaces the line without escape codes.
func (b *block) overwritten(lines []string, width int) string {
	line, before := strings.Join(lines, " "), strings.Join(b.drawn, " ")
	rest := max(0, min(columnsOf(before)+len("^C"), width-1)-columnsOf(line))
	if before == "" {
		rest = 0
	}
	back := ""
	if line == "" {
		back = "\r"
	}
	return "\r" + line + strings.Repeat(" ", rest) + back
}

// wrapped splits a text into lines of so many columns, between words. A longer word is cut.
func wrapped(text string, columns int) (lines []string) {
	words := strings.TrimLeft(text, " ")
	line := text[:len(text)-len(words)]
	for i, word := range strings.Split(words, " ") {
		switch {
		case i == 0:
		case columnsOf(line)+1+columnsOf(word) > columns:
			lines, line = append(lines, line), "  "
		default:
			line += " "
		}
		line += word
	}
	lines = append(lines, line)
	for i := range lines {
		lines[i] = cut(lines[i], columns, "…")
	}
	return lines
}

// cut shortens text to a number of columns, between whole characters as people see them, and ends it with a mark.
func cut(text string, columns int, mark string) string {
	if columnsOf(text) <= columns {
		return text
	}
	if columnsOf(mark) > columns {
		mark = ""
	}
	kept, used, state := 0, 0, -1
	for rest := text; rest != ""; {
		var cluster string
		var width int
		cluster, rest, width, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+width > columns-columnsOf(mark) {
			break
		}
		kept += len(cluster)
		used += width
	}
	return text[:kept] + mark
}
