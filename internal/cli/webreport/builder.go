package webreport

import (
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/report"
)

// builder makes the view of a document.
type builder struct {
	d      *Document
	fates  []fate
	limits limits
}

// limits are how many lines lists have. A page that would be too large is made again with smaller ones.
type limits struct{ rows int }

// named lists the first few IDs of a list; empty for an empty one.
func (b *builder) named(n int, id func(i int) string) string {
	if n == 0 {
		return ""
	}
	return report.PluralWord(n, " It is ", " They are ") + terminal.FirstFew(n, n, func(i int) string { return name(id(i)) }) + "."
}

// several is report.Plural, but empty for none.
func several[N int | int64](n N, one, many string) string {
	if n == 0 {
		return ""
	}
	return report.Plural(n, one, many)
}

// sentence begins with a capital letter and ends with a full stop, unless it is a question.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	end := "."
	if strings.HasSuffix(text, "?") {
		end = ""
	}
	return firstUpper(strings.TrimSuffix(text, ".")) + end
}
