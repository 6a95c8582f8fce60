package expression

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/rawjson"
)

var dateFunctions = []function{
	{
		Function: Function{
			"unix(date)",
			"the unix seconds of a date, which is a text such as 2026-03-04T10:02:11Z or a number of seconds; nil if it is none",
			`unix("2026-03-04")`, `1772582400`,
		},
		takes: []kinds{isText | isNumber}, gives: isNumber, call: unix,
	},
	{
		Function: Function{
			"date(date)",
			"the date as a text such as 2026-03-04T10:02:11Z",
			`date(1772618531)`, `"2026-03-04T10:02:11Z"`,
		},
		takes: []kinds{isText | isNumber}, gives: isText, call: date,
	},
	{
		Function: Function{
			`format_date(date, "layout")`,
			"the date in UTC as in the layout, of YYYY YY MMMM MMM MM M DD D dddd ddd HH H mm ss; other letters stand in [ ]",
			`format_date("2026-03-04", "D MMM YYYY")`, `"4 Mar 2026"`,
		},
		takes: []kinds{isText | isNumber, isText}, gives: isText, prepare: prepareLayout, call: formatDate,
	},
}

// moment returns the time that a value is, in UTC and with microseconds. ok is false for what is no date or
// outside the years 0 to 9999.
func (m *machine) moment(at int, value []byte) (t time.Time, ok bool, err error) {
	if kindOf(value) == isText {
		if value, err = m.plain(at, value); err != nil {
			return t, false, err
		}
		value = bytes.TrimSpace(value)
	}
	if m.time == nil {
		return t, false, nil
	}
	micros, ok := m.time(value)
	if !ok {
		return t, false, nil
	}
	t = time.UnixMicro(micros).UTC()
	return t, t.Year() >= 0 && t.Year() <= 9999, nil
}

func unix(m *machine, k *call, values [][]byte) ([]byte, error) {
	t, ok, err := m.moment(k.at, values[0])
	if !ok {
		return nil, err
	}
	return m.integer(k.at, t.Unix())
}

func date(m *machine, k *call, values [][]byte) ([]byte, error) {
	t, ok, err := m.moment(k.at, values[0])
	if !ok {
		return nil, err
	}
	m.scratch = t.AppendFormat(m.scratch[:0], time.RFC3339Nano)
	return m.text(k.at, m.scratch)
}

// layoutPart is a part of a layout: one that is filled in, or a text.
type layoutPart struct {
	append func(dst []byte, t time.Time) []byte
	text   string
}

// layoutWords are the words of a layout, those first that others are the beginning of.
var layoutWords = []struct {
	word   string
	append func(dst []byte, t time.Time) []byte
}{
	{"YYYY", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "2006") }},
	{"YY", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "06") }},
	{"MMMM", func(dst []byte, t time.Time) []byte { return append(dst, t.Month().String()...) }},
	{"MMM", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "Jan") }},
	{"MM", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "01") }},
	{"M", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "1") }},
	{"DD", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "02") }},
	{"D", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "2") }},
	{"dddd", func(dst []byte, t time.Time) []byte { return append(dst, t.Weekday().String()...) }},
	{"ddd", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "Mon") }},
	{"HH", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "15") }},
	{"H", func(dst []byte, t time.Time) []byte { return strconv.AppendInt(dst, int64(t.Hour()), 10) }},
	{"mm", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "04") }},
	{"ss", func(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "05") }},
}

// prepareLayout reads the layout of a call of format_date, which must be written out.
func prepareLayout(c *compiler, k *call) error {
	written := k.arguments[1]
	if !written.fixed {
		return c.source.errorf(written.at, "the layout must be written out").hinted(`such as format_date(properties.renews_at, "YYYY-MM-DD")`)
	}
	text, _ := rawjson.PlainText(written.value)
	for rest := string(text); rest != ""; {
		part, size := nextLayoutPart(rest)
		if size == 0 {
			return c.source.errorf(written.at, "%.4q means nothing in a layout", rest).hinted("the words are YYYY YY MMMM MMM MM M DD D dddd ddd HH H mm ss; other letters stand in [ ]")
		}
		k.layout = append(k.layout, part)
		rest = rest[size:]
	}
	return nil
}

// nextLayoutPart returns the first part of a layout and its size, 0 if it has no meaning.
func nextLayoutPart(text string) (layoutPart, int) {
	if end := strings.IndexByte(text, ']'); text[0] == '[' && end > 0 {
		return layoutPart{text: text[1:end]}, end + 1
	}
	i := slices.IndexFunc(layoutWords, func(w struct {
		word   string
		append func(dst []byte, t time.Time) []byte
	}) bool {
		return strings.HasPrefix(text, w.word)
	})
	switch c := text[0]; {
	case i >= 0:
		return layoutPart{append: layoutWords[i].append}, len(layoutWords[i].word)
	case 'a' <= c|0x20 && c|0x20 <= 'z' || c == '[':
		return layoutPart{}, 0
	}
	return layoutPart{text: text[:1]}, 1
}

func formatDate(m *machine, k *call, values [][]byte) ([]byte, error) {
	t, ok, err := m.moment(k.at, values[0])
	if !ok {
		return nil, err
	}
	m.scratch = m.scratch[:0]
	for _, part := range k.layout {
		if part.append != nil {
			m.scratch = part.append(m.scratch, t)
			continue
		}
		m.scratch = append(m.scratch, part.text...)
	}
	return m.text(k.at, m.scratch)
}
